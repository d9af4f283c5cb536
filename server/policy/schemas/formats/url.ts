/** The parts of a URL that the formats check. */
interface ParsedUrl {
  readonly scheme: string;
  readonly path: string;
}

/** Reads a URL or a reference to one as Go's `net/url` does, which is more lenient than RFC 3986; undefined if it is none. */
export function parseUrl(text: string): ParsedUrl | undefined {
  const hash = text.indexOf('#');
  const body = hash < 0 ? text : text.slice(0, hash);
  if (hasControls(text) || (hash >= 0 && !escapesAreValid(text.slice(hash + 1)))) {
    return undefined;
  }
  if (body === '*') {
    return { scheme: '', path: '*' };
  }
  const scheme = schemeOf(body);
  if (scheme === undefined) {
    return undefined;
  }
  const rest = scheme === '' ? body : body.slice(scheme.length + 1);
  const question = rest.indexOf('?');
  const path = question < 0 ? rest : rest.slice(0, question);
  if (!path.startsWith('/')) {
    // An opaque URL, such as mailto:someone.
    if (scheme !== '') {
      return { scheme, path: '' };
    }
    // A colon in the first segment would be taken for the end of a scheme.
    if (/^[^/]*:/.test(path)) {
      return undefined;
    }
  }
  if ((scheme !== '' || !path.startsWith('///')) && path.startsWith('//')) {
    const slash = path.indexOf('/', 2);
    const authority = slash < 0 ? path.slice(2) : path.slice(2, slash);
    const rooted = slash < 0 ? '' : path.slice(slash);
    return authorityIsValid(authority) && escapesAreValid(rooted) ? { scheme, path: rooted } : undefined;
  }
  return escapesAreValid(path) ? { scheme, path } : undefined;
}

/** The scheme in lower or upper case, empty if there is none, undefined if what looks like one is not. */
function schemeOf(text: string): string | undefined {
  for (const [index, character] of Array.from(text).entries()) {
    if (/[a-zA-Z]/.test(character)) {
      continue;
    }
    if (/[0-9+.-]/.test(character)) {
      if (index === 0) {
        return '';
      }
      continue;
    }
    if (character !== ':') {
      return '';
    }
    return index === 0 ? undefined : text.slice(0, index);
  }
  return '';
}

function authorityIsValid(authority: string): boolean {
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? '' : authority.slice(0, at);
  if (!/^[\w\-.:~!$&'()*+,;=%@]*$/.test(user) || !escapesAreValid(user)) {
    return false;
  }
  const host = authority.slice(at + 1);
  if (host.startsWith('[')) {
    const close = host.lastIndexOf(']');
    if (close < 0 || !portIsValid(host.slice(close + 1))) {
      return false;
    }
    const [address = '', zone] = host.slice(1, close).split('%25');
    return isIpv6(address) && zone !== '';
  }
  const colon = host.lastIndexOf(':');
  if (colon >= 0 && !portIsValid(host.slice(colon))) {
    return false;
  }
  const name = colon < 0 ? host : host.slice(0, colon);
  // An address in version 6 must be in brackets.
  if (name.includes(':')) {
    return false;
  }
  // Of the escapes only those of bytes beyond ASCII are allowed in a host.
  return !/[\s\\^`{|}]/.test(host) && /^(?:[^%]|%[89a-fA-F][0-9a-fA-F])*$/.test(host);
}

function portIsValid(text: string): boolean {
  return text === '' || /^:[0-9]*$/.test(text);
}

function escapesAreValid(text: string): boolean {
  return /^(?:[^%]|%[0-9a-fA-F]{2})*$/.test(text);
}

function hasControls(text: string): boolean {
  return /[\u0000-\u001f\u007f]/.test(text);
}

/** An IPv6 address in text, without a zone. */
export function isIpv6(text: string): boolean {
  if (!text.includes(':')) {
    return false;
  }
  const halves = text.split('::');
  if (halves.length > 2) {
    return false;
  }
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const embedded = last.includes('.') && text.endsWith(last);
  if (embedded && !isIpv4(last)) {
    return false;
  }
  const plain = embedded ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) {
    return false;
  }
  const count = plain.length + (embedded ? 2 : 0);
  return halves.length === 2 ? count < 8 : count === 8;
}

function isIpv4(text: string): boolean {
  const groups = text.split('.');
  return (
    groups.length === 4 && groups.every((group) => /^(?:0|[1-9]\d{0,2})$/.test(group) && Number(group) <= 255)
  );
}
