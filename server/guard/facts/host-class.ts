import { isIP } from 'node:net';

/**
 * Where a host is: this machine, a private network, link-local (which cloud providers' metadata services are), the
 * metadata services themselves, or the rest of the world.
 */
export type HostClass = 'loopback' | 'private' | 'metadata' | 'public';

/** Names and addresses of cloud providers' metadata services that are not link-local. */
const metadataHosts = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd20:ce::254',
]);

/**
 * The class of a host as the WHATWG URL parser gives it (`url.hostname`), by name and address only: names are not
 * resolved. RFC 1122 §3.2.1.3, RFC 1918, RFC 3927, RFC 4193, RFC 4291, RFC 6598, RFC 6761.
 */
export function hostClass(hostname: string): HostClass {
  const host = hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  if (metadataHosts.has(host)) {
    return 'metadata';
  }
  const version = isIP(host);
  if (version === 4) {
    return ipv4Class(host);
  }
  if (version === 6) {
    return ipv6Class(host);
  }
  if (host === 'localhost' || host.endsWith('.localhost')) {
    return 'loopback';
  }
  return /(^|\.)(local|lan|internal|intranet|corp|home|home\.arpa|test|private)$/.test(host) ||
    !host.includes('.')
    ? 'private'
    : 'public';
}

function ipv4Class(host: string): HostClass {
  const [a = 0, b = 0] = host.split('.').map(Number);
  if (a === 127 || a === 0) {
    return 'loopback';
  }
  if (a === 169 && b === 254) {
    return 'metadata';
  }
  const isPrivate =
    a === 10 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 100 && b >= 64 && b <= 127);
  return isPrivate ? 'private' : 'public';
}

function ipv6Class(host: string): HostClass {
  const mapped = /^(?:::ffff:|64:ff9b::)(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/.exec(host);
  if (mapped !== null) {
    const [, dotted, high = '0', low = '0'] = mapped;
    return ipv4Class(dotted ?? dottedOf(Number.parseInt(high, 16), Number.parseInt(low, 16)));
  }
  if (host === '::1' || host === '::') {
    return 'loopback';
  }
  if (/^fe[89ab][0-9a-f]:/.test(host)) {
    return 'metadata';
  }
  return /^f[cd][0-9a-f]{2}:/.test(host) ? 'private' : 'public';
}

function dottedOf(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
