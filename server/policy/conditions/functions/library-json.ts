import {
  CelFailure,
  compareByCodePoint,
  definer,
  fail,
  jsonProblem,
  jsonValue,
  overload,
} from '../../../cel';
import type { CelValue, FunctionDefinition, FunctionResult, JsonValue } from '../../../cel';

const define = definer('cerbos');

/** `json.encode`, which writes JSON as Go's `encoding/json` does. */
export const jsonFunctions: readonly FunctionDefinition[] = [
  define('json.encode', [
    overload(
      'json_encode_dyn',
      'json.encode(value: dyn): string',
      'A value as JSON text: keys sorted, without blanks, `<`, `>` and `&` escaped. Large ints become strings, bytes base64, timestamps and durations texts.',
      'json.encode({"b": [1, true], "a": "x"}) // \'{"a":"x","b":[1,true]}\'',
      encode,
    ),
  ]),
];

function encode(value: CelValue): FunctionResult {
  const json = jsonValue(value);
  if (json instanceof CelFailure) {
    return json;
  }
  const problem = jsonProblem(json);
  return problem === undefined ? write(json) : fail(problem);
}

/** Keys are in the order of their code points; HTML's characters are escaped. */
function write(value: JsonValue): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
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
    return `[${(value as readonly JsonValue[]).map(write).join(',')}]`;
  }
  const entries = Object.entries(value).sort(([a], [b]) => compareByCodePoint(a, b));
  return `{${entries.map(([name, each]) => `${quoted(name)}:${write(each)}`).join(',')}}`;
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
