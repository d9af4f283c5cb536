/** An IP address as an unsigned number of 32 or 128 bits. */
export interface Address {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

/** A parse error, in the words of Go's `netip`. */
export interface AddressProblem {
  readonly problem: string;
  /** The rest of the text, from where the error was found. */
  readonly at?: string;
}

export function isProblem(result: Address | AddressProblem): result is AddressProblem {
  return 'problem' in result;
}

/** Parses an IPv4 or IPv6 address (RFC 4291, section 2.2). An IPv6 zone (`%eth0`) is returned separately. */
export function readAddress(text: string): (Address & { readonly zone?: string }) | AddressProblem {
  const mark = /[.:%]/.exec(text)?.[0];
  if (mark === '.') {
    return readIPv4(text);
  }
  if (mark === '%') {
    return { problem: 'missing IPv6 address' };
  }
  return mark === ':' ? readIPv6(text) : { problem: 'unable to parse IP' };
}

function readIPv4(text: string): Address | AddressProblem {
  const fields: number[] = [];
  let value = 0;
  let digits = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character >= '0' && character <= '9') {
      if (digits === 1 && value === 0) {
        return { problem: 'IPv4 field has octet with leading zero' };
      }
      value = value * 10 + Number(character);
      digits++;
      if (value > 255) {
        return { problem: 'IPv4 field has value >255' };
      }
    } else if (character === '.') {
      if (at === 0 || at === text.length - 1 || text.charAt(at - 1) === '.') {
        return { problem: 'IPv4 field must have at least one digit', at: text.slice(at) };
      }
      if (fields.length === 3) {
        return { problem: 'IPv4 address too long' };
      }
      fields.push(value);
      value = 0;
      digits = 0;
    } else {
      return { problem: 'unexpected character', at: text.slice(at) };
    }
  }
  if (fields.length < 3) {
    return { problem: 'IPv4 address too short' };
  }
  fields.push(value);
  return { family: 4, bits: fields.reduce((bits, field) => (bits << 8n) | BigInt(field), 0n) };
}

function readIPv6(text: string): (Address & { readonly zone?: string }) | AddressProblem {
  const percent = text.indexOf('%');
  const zone = percent < 0 ? undefined : text.slice(percent + 1);
  if (zone === '') {
    return { problem: 'zone must be a non-empty string' };
  }
  const groups = readGroups(percent < 0 ? text : text.slice(0, percent));
  if (!Array.isArray(groups)) {
    return groups;
  }
  const bits = groups.reduce((all, group) => (all << 16n) | BigInt(group), 0n);
  return zone === undefined ? { family: 6, bits } : { family: 6, bits, zone };
}

/** The eight groups of an IPv6 address. */
function readGroups(text: string): number[] | AddressProblem {
  const groups: number[] = [];
  let ellipsis = -1;
  let rest = text;
  if (rest.startsWith('::')) {
    ellipsis = 0;
    rest = rest.slice(2);
  }
  while (rest !== '' && groups.length < 8) {
    const hex = /^[0-9a-fA-F]*/.exec(rest)?.[0] ?? '';
    if (hex.length > 4) {
      return { problem: 'each group must have 4 or less digits', at: rest };
    }
    if (hex === '') {
      return { problem: 'each colon-separated field must have at least one digit', at: rest };
    }
    if (rest.charAt(hex.length) === '.') {
      const problem = embedIPv4(groups, ellipsis, rest);
      if (problem) {
        return problem;
      }
      rest = '';
      break;
    }
    groups.push(parseInt(hex, 16));
    rest = rest.slice(hex.length);
    if (rest === '') {
      break;
    }
    if (!rest.startsWith(':')) {
      return { problem: 'unexpected character, want colon', at: rest };
    }
    if (rest.length === 1) {
      return { problem: 'colon must be followed by more characters', at: rest };
    }
    rest = rest.slice(1);
    if (rest.startsWith(':')) {
      if (ellipsis >= 0) {
        return { problem: 'multiple :: in address', at: rest };
      }
      ellipsis = groups.length;
      rest = rest.slice(1);
    }
  }
  if (rest !== '') {
    return { problem: 'trailing garbage after address', at: rest };
  }
  if (groups.length === 8) {
    return ellipsis >= 0 ? { problem: 'the :: must expand to at least one field of zeros' } : groups;
  }
  if (ellipsis < 0) {
    return { problem: 'address string too short' };
  }
  groups.splice(ellipsis, 0, ...new Array<number>(8 - groups.length).fill(0));
  return groups;
}

function embedIPv4(groups: number[], ellipsis: number, rest: string): AddressProblem | undefined {
  if (ellipsis < 0 && groups.length !== 6) {
    return { problem: 'embedded IPv4 address must replace the final 2 fields of the address', at: rest };
  }
  if (groups.length > 6) {
    return { problem: 'too many hex fields to fit an embedded IPv4 at the end of the address', at: rest };
  }
  const embedded = readIPv4(rest);
  if (isProblem(embedded)) {
    return embedded;
  }
  groups.push(Number(embedded.bits >> 16n), Number(embedded.bits & 0xffffn));
  return undefined;
}

/** The address as text; the longest run of zero groups of an IPv6 address is `::` (RFC 5952). */
export function formatAddress({ family, bits }: Address): string {
  if (family === 4) {
    return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 0xffn)).join('.');
  }
  const groups = Array.from({ length: 8 }, (_, index) =>
    Number((bits >> BigInt(112 - 16 * index)) & 0xffffn),
  );
  let start = -1;
  let length = 1;
  for (let at = 0; at < 8; at++) {
    let end = at;
    while (end < 8 && groups[end] === 0) {
      end++;
    }
    if (end - at > length) {
      start = at;
      length = end - at;
    }
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  return start < 0 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** Clears all bits after the first `prefix` ones. The prefix must not be longer than the address. */
export function maskAddress({ family, bits }: Address, prefix: number): Address {
  const host = BigInt((family === 4 ? 32 : 128) - prefix);
  return { family, bits: (bits >> host) << host };
}

/** True for an IPv4-mapped IPv6 address (`::ffff:1.2.3.4`; RFC 4291, section 2.5.5.2). */
export function isMapped({ family, bits }: Address): boolean {
  return family === 6 && bits >> 32n === 0xffffn;
}
