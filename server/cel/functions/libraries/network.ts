import { fail } from '../../values/failure';
import { formatAddress, maskAddress } from '../../values/network/ip-address';
import type { Address } from '../../values/network/ip-address';
import { Cidr, IpAddress, readCidr, readIp } from '../../values/network/net-types';
import { definer, overload } from '../define';
import type { FunctionDefinition, FunctionResult } from '../define';

const define = definer('network');

function orFailure(read: IpAddress | Cidr | string): FunctionResult {
  return typeof read === 'string' ? fail(read) : read;
}

function inRange({ family, bits }: Address, wanted: 4 | 6, shift: bigint, prefix: bigint): boolean {
  return family === wanted && bits >> shift === prefix;
}

function isUnspecified(address: Address): boolean {
  return address.bits === 0n;
}

function isLoopback(address: Address): boolean {
  return inRange(address, 4, 24n, 127n) || (address.family === 6 && address.bits === 1n);
}

function isMulticast(address: Address): boolean {
  return inRange(address, 4, 28n, 0xen) || inRange(address, 6, 120n, 0xffn);
}

function isLinkLocalUnicast(address: Address): boolean {
  return inRange(address, 4, 16n, 0xa9fen) || inRange(address, 6, 118n, 0x3fan);
}

function isLinkLocalMulticast(address: Address): boolean {
  return (
    inRange(address, 4, 8n, 0xe00000n) ||
    (inRange(address, 6, 120n, 0xffn) && ((address.bits >> 112n) & 0xfn) === 2n)
  );
}

function isGlobalUnicast(address: Address): boolean {
  const broadcast = address.family === 4 && address.bits === 0xffffffffn;
  return !(
    broadcast ||
    isUnspecified(address) ||
    isLoopback(address) ||
    isMulticast(address) ||
    isLinkLocalUnicast(address)
  );
}

function containsRange(outer: Cidr, inner: Cidr): boolean {
  return outer.prefix <= inner.prefix && outer.contains(inner.address);
}

function property(
  name: string,
  id: string,
  documentation: string,
  example: string,
  test: (address: Address) => boolean,
): FunctionDefinition {
  return define(name, [
    {
      id,
      signature: `IP.${name}(): bool`,
      documentation,
      example,
      run: (ip: IpAddress) => test(ip.address),
      contextual: undefined,
    },
  ]);
}

/** The library of IP addresses and ranges (cel-go `ext.Network`). */
export const networkFunctions: readonly FunctionDefinition[] = [
  define('cidr', [
    overload(
      'string_to_cidr',
      'cidr(text: string): CIDR',
      'Reads a range of addresses.',
      "cidr('10.0.0.0/8').prefixLength() // 8",
      (text: string) => orFailure(readCidr(text)),
    ),
  ]),
  define('ip', [
    overload(
      'string_to_ip',
      'ip(text: string): IP',
      'Reads an address.',
      "ip('10.0.0.1').family() // 4",
      (text: string) => orFailure(readIp(text)),
    ),
    overload(
      'cidr_ip',
      'CIDR.ip(): IP',
      'The address that the range was written with.',
      "cidr('10.1.2.3/8').ip() == ip('10.1.2.3') // true",
      (range: Cidr) => new IpAddress(range.address),
    ),
  ]),
  define('string', [
    overload(
      'cidr_to_string',
      'string(range: CIDR): string',
      'The range in text.',
      "string(cidr('10.0.0.0/8')) // '10.0.0.0/8'",
      (range: Cidr) => range.text,
    ),
    overload(
      'ip_to_string',
      'string(address: IP): string',
      'The address in text.',
      "string(ip('::1')) // '::1'",
      (ip: IpAddress) => formatAddress(ip.address),
    ),
  ]),
  define('containsCIDR', [
    overload(
      'cidr_contains_cidr',
      'CIDR.containsCIDR(range: CIDR): bool',
      'Whether another range is within this one.',
      "cidr('10.0.0.0/8').containsCIDR(cidr('10.1.0.0/16')) // true",
      containsRange,
    ),
    overload(
      'cidr_contains_cidr_string',
      'CIDR.containsCIDR(range: string): bool',
      'Whether another range is within this one.',
      "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') // true",
      (outer: Cidr, text: string) => {
        const inner = readCidr(text);
        return typeof inner === 'string' ? fail(inner) : containsRange(outer, inner);
      },
    ),
  ]),
  define('containsIP', [
    overload(
      'cidr_contains_ip_ip',
      'CIDR.containsIP(address: IP): bool',
      'Whether an address is in the range.',
      "cidr('10.0.0.0/8').containsIP(ip('10.1.2.3')) // true",
      (range: Cidr, ip: IpAddress) => range.contains(ip.address),
    ),
    overload(
      'cidr_contains_ip_string',
      'CIDR.containsIP(address: string): bool',
      'Whether an address is in the range.',
      "cidr('10.0.0.0/8').containsIP('11.1.2.3') // false",
      (range: Cidr, text: string) => {
        const ip = readIp(text);
        return typeof ip === 'string' ? fail(ip) : range.contains(ip.address);
      },
    ),
  ]),
  define('family', [
    overload('ip_family', 'IP.family(): int', '4 or 6.', "ip('::1').family() // 6", (ip: IpAddress) =>
      BigInt(ip.address.family),
    ),
  ]),
  define('ip.isCanonical', [
    overload(
      'ip_is_canonical',
      'ip.isCanonical(text: string): bool',
      'Whether an address is written the usual way.',
      "ip.isCanonical('::0:1') // false",
      (text: string) => {
        const ip = readIp(text);
        return typeof ip === 'string' ? fail(ip) : formatAddress(ip.address) === text;
      },
    ),
  ]),
  define('isCIDR', [
    overload(
      'is_cidr',
      'isCIDR(text: string): bool',
      'Whether a text is a range.',
      "isCIDR('10.0.0.0/8') // true",
      (text: string) => typeof readCidr(text) !== 'string',
    ),
  ]),
  define('isIP', [
    overload(
      'is_ip',
      'isIP(text: string): bool',
      'Whether a text is an address.',
      "isIP('10.0.0') // false",
      (text: string) => typeof readIp(text) !== 'string',
    ),
  ]),
  property(
    'isGlobalUnicast',
    'ip_is_global_unicast',
    'Whether the address is one of a single host, private ones included.',
    "ip('8.8.8.8').isGlobalUnicast() // true",
    isGlobalUnicast,
  ),
  property(
    'isLinkLocalMulticast',
    'ip_is_link_local_multicast',
    'Whether the address means all hosts of some kind on the link.',
    "ip('224.0.0.1').isLinkLocalMulticast() // true",
    isLinkLocalMulticast,
  ),
  property(
    'isLinkLocalUnicast',
    'ip_is_link_local_unicast',
    'Whether the address is only valid on the link.',
    "ip('169.254.1.1').isLinkLocalUnicast() // true",
    isLinkLocalUnicast,
  ),
  property(
    'isLoopback',
    'ip_is_loopback',
    'Whether the address is of the host itself.',
    "ip('127.0.0.1').isLoopback() // true",
    isLoopback,
  ),
  property(
    'isUnspecified',
    'ip_is_unspecified',
    'Whether all bits of the address are zero.',
    "ip('0.0.0.0').isUnspecified() // true",
    isUnspecified,
  ),
  define('isMask', [
    overload(
      'cidr_is_mask',
      'CIDR.isMask(): bool',
      'Whether the address has no bits after the prefix.',
      "cidr('10.0.0.0/8').isMask() // true",
      (range: Cidr) => maskAddress(range.address, range.prefix).bits === range.address.bits,
    ),
  ]),
  define('masked', [
    overload(
      'cidr_masked',
      'CIDR.masked(): CIDR',
      'The range with the bits after the prefix cleared.',
      "string(cidr('10.1.2.3/8').masked()) // '10.0.0.0/8'",
      (range: Cidr) => new Cidr(maskAddress(range.address, range.prefix), range.prefix),
    ),
  ]),
  define('prefixLength', [
    overload(
      'cidr_prefix_length',
      'CIDR.prefixLength(): int',
      'How many bits are fixed.',
      "cidr('10.0.0.0/8').prefixLength() // 8",
      (range: Cidr) => BigInt(range.prefix),
    ),
  ]),
];
