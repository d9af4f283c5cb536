import { compilePattern } from './pattern';
import { isIpv6, parseUrl } from './url';

/** The formats that are asserted, each as far as `cerbos 0.55` goes; a schema may name others, which say nothing. */
export const formats: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['date-time', isDateTime],
  ['date', isDate],
  ['time', isTime],
  ['duration', isDuration],
  ['period', isPeriod],
  ['hostname', isHostname],
  ['email', isEmail],
  ['ip-address', isIpv4],
  ['ipv4', isIpv4],
  ['ipv6', isIpv6],
  ['uri', isUri],
  ['iri', isUri],
  ['uri-reference', isUriReference],
  ['uriref', isUriReference],
  ['iri-reference', isUriReference],
  ['uri-template', isUriTemplate],
  ['regex', (text) => compilePattern(text) !== undefined],
  ['json-pointer', isJsonPointer],
  ['relative-json-pointer', isRelativeJsonPointer],
  ['uuid', isUuid],
]);

function isDateTime(text: string): boolean {
  return /^.{10}[Tt]/.test(text) && isDate(text.slice(0, 10)) && isTime(text.slice(11));
}

function isDate(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts) {
    return false;
  }
  const [year, month, day] = parts.slice(1).map(Number);
  if (year === undefined || month === undefined || day === undefined) {
    return false;
  }
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return days !== undefined && day >= 1 && day <= days;
}

/** RFC 3339's full-time; a leap second only at the end of a day in UTC. */
function isTime(text: string): boolean {
  const parts = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[zZ]|([+-])(\d\d):(\d\d))$/.exec(text);
  if (!parts) {
    return false;
  }
  const [hour = 0, minute = 0, second = 0] = parts.slice(1, 4).map(Number);
  const sign = parts[4];
  const [zoneHour = 0, zoneMinute = 0] = sign === undefined ? [] : parts.slice(5, 7).map(Number);
  if (hour > 23 || minute > 59 || second > 60 || zoneHour > 23 || zoneMinute > 59) {
    return false;
  }
  if (second < 60) {
    return true;
  }
  let utc = hour * 60 + minute + (sign === '+' ? -1 : 1) * (zoneHour * 60 + zoneMinute);
  if (utc < 0) {
    utc += 24 * 60;
  }
  return utc === 23 * 60 + 59;
}

/** ISO 8601 as in RFC 3339's appendix A: units in order, none left out between two. */
function isDuration(text: string): boolean {
  const parts = /^P((?:\d+[^T\d])*)(?:T((?:\d+[^T\d])+))?$/su.exec(text);
  if (!parts) {
    return false;
  }
  const [, date = '', time] = parts;
  const units = date.replace(/\d+/g, '');
  if (units === 'W') {
    return time === undefined;
  }
  if (units === '' && time === undefined) {
    return false;
  }
  return 'YMD'.includes(units) && 'HMS'.includes((time ?? '').replace(/\d+/g, ''));
}

function isPeriod(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash < 0) {
    return false;
  }
  const [start, end] = [text.slice(0, slash), text.slice(slash + 1)];
  return isDateTime(start) ? isDateTime(end) || isDuration(end) : isDuration(start) && isDateTime(end);
}

/** Four numbers; one with a leading zero would be octal to some. Signs are let through, as `cerbos 0.55` does. */
function isIpv4(text: string): boolean {
  const groups = text.split('.');
  return (
    groups.length === 4 &&
    groups.every((group) => {
      const number = Number(group);
      return (
        /^[+-]?\d+$/.test(group) && number >= 0 && number <= 255 && (number === 0 || !group.startsWith('0'))
      );
    })
  );
}

function isHostname(text: string): boolean {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  if (name.length > 253 || name.startsWith('-')) {
    return false;
  }
  return name.split('.').every((label) => /^[a-zA-Z0-9-]{0,62}[a-zA-Z0-9]$/.test(label));
}

function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 0 || Buffer.byteLength(text) > 254) {
    return false;
  }
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  if (Buffer.byteLength(local) > 64) {
    return false;
  }
  const address = /^\[(?:(IPv6:)(.*)|(.*))\]$/s.exec(domain);
  if (address) {
    return address[1] !== undefined ? isIpv6(address[2] ?? '') : isIpv4(address[3] ?? '');
  }
  return isHostname(domain) && !domain.endsWith('.') && isLocalPart(local);
}

/** Tests the part before the `@`: words with dots between, or a quoted string. */
function isLocalPart(text: string): boolean {
  const word = "[\\w!#$%&'*+\\-/=?^`{|}~\\u0080-\\u{10ffff}]+";
  const quoted =
    '"(?:[^"\\\\\\u0000-\\u0008\\u000a-\\u001f\\u007f]|\\\\[\\t\\u0020-\\u007e\\u0080-\\u{10ffff}])*"';
  return new RegExp(`^[ \\t]*(?:${word}(?:\\.${word})*|${quoted})$`, 'u').test(text);
}

function isUri(text: string): boolean {
  const url = parseUrl(text);
  return url !== undefined && url.scheme !== '';
}

function isUriReference(text: string): boolean {
  return parseUrl(text) !== undefined && !text.includes('\\');
}

function isUriTemplate(text: string): boolean {
  const url = parseUrl(text);
  return url?.path.split('/').every((segment) => /^(?:[^{}]|\{[^{}]*\})*$/.test(segment)) === true;
}

function isJsonPointer(text: string): boolean {
  return (text === '' || text.startsWith('/')) && !/~(?![01])/.test(text);
}

function isRelativeJsonPointer(text: string): boolean {
  const number = /^(?:0|[1-9]\d*)/.exec(text)?.[0];
  if (number === undefined) {
    return false;
  }
  const rest = text.slice(number.length);
  return rest === '#' || isJsonPointer(rest);
}

function isUuid(text: string): boolean {
  return /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/.test(text);
}
