import { compareText } from '../text';
import type { JsonValue } from '../value';

/** JSON as Go's `encoding/json` writes it: keys in the order of their code points, no blanks, HTML's characters escaped. */
export function goJson(value: JsonValue): string {
  switch (typeof value) {
    case 'string':
      return goString(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'boolean':
      return String(value);
    default:
      break;
  }
  if (value === null) {
    return 'null';
  }
  if (Array.isArray(value)) {
    return `[${(value as readonly JsonValue[]).map(goJson).join(',')}]`;
  }
  const entries = Object.entries(value).sort(([a], [b]) => compareText(a, b));
  return `{${entries.map(([name, each]) => `${goString(name)}:${goJson(each)}`).join(',')}}`;
}

function goString(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
