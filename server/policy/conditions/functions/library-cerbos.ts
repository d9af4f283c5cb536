import {
  fail,
  CelFailure,
  Duration,
  isMapped,
  isProblem,
  maskAddress,
  readAddress,
  maxInt,
  minInt,
  contextOverload,
  definer,
  overload,
  goKindName,
  hasAll,
  hasAny,
  hasElement,
} from '../../../cel';
import type {
  Address,
  Timestamp,
  CelValue,
  CallContext,
  FunctionDefinition,
  FunctionResult,
  Overload,
} from '../../../cel';
import {
  basePath,
  dirPath,
  extPath,
  isPathProblem,
  joinPath,
  pathHasPrefix,
  pathMatch,
  relPath,
  volumeName,
} from './paths';
import type { PathProblem } from './paths';

const define = definer('cerbos');

type Values = readonly CelValue[];

/** An operation on two lists, as function and as method. */
function onLists(
  name: string,
  result: string,
  documentation: string,
  example: string,
  run: (context: CallContext, a: Values, b: Values) => FunctionResult,
): FunctionDefinition {
  const common = { documentation, run: undefined, contextual: run };
  return define(name, [
    {
      ...common,
      id: `${name}_overload`,
      signature: `${name}(a: list(A), b: list(A)): ${result}`,
      example: `${name}${example}`,
      hidesFailures: true,
    },
    {
      ...common,
      id: `${name}_member_overload`,
      signature: `list(A).${name}(other: list(A)): ${result}`,
      example: example.replace(/^\((\[.*?\]), /, `$1.${name}(`),
    },
  ]);
}

function except(context: CallContext, a: Values, b: Values): FunctionResult {
  return a.filter((element) => !hasElement(context, b, element));
}

function intersect(context: CallContext, a: Values, b: Values): FunctionResult {
  const [short, long] = a.length > b.length ? [b, a] : [a, b];
  return short.filter((element) => hasElement(context, long, element));
}

/** Tests an address against a range, with the parsers of Go's older `net.ParseIP` and `net.ParseCIDR`. */
function inIPAddrRange(text: string, range: string): FunctionResult {
  const ip = readAddress(text);
  if (isProblem(ip) || ip.zone !== undefined) {
    return fail(`invalid IP address: ${text}`);
  }
  const invalid = fail(`invalid CIDR address: ${range}`);
  const slash = range.indexOf('/');
  const network = readAddress(range.slice(0, Math.max(0, slash)));
  const digits = range.slice(slash + 1);
  if (slash < 0 || isProblem(network) || network.zone !== undefined || !/^[0-9]{1,9}$/.test(digits)) {
    return invalid;
  }
  const prefix = Number(digits);
  if (prefix > (network.family === 4 ? 32 : 128)) {
    return invalid;
  }
  // An IPv6 address that stands for an IPv4 one is that one.
  const unmapped = (address: Address): Address =>
    isMapped(address) ? { family: 4, bits: address.bits & 0xffffffffn } : address;
  const masked = unmapped(maskAddress(network, prefix));
  const subject = unmapped(ip);
  if (masked.family !== subject.family) {
    return false;
  }
  const length = network.family === 6 && masked.family === 4 ? Math.max(0, prefix - 96) : prefix;
  return maskAddress(subject, length).bits === maskAddress(masked, length).bits;
}

function currentTime(context: CallContext): FunctionResult {
  return context.now ?? fail('now() has no time to tell');
}

function timeSince(context: CallContext, since: Timestamp): FunctionResult {
  if (!context.now) {
    return fail('timeSince() has no time to tell');
  }
  const nanos = context.now.epochNanos - since.epochNanos;
  // Go's subtraction of times stops at what 64 bits can hold.
  return new Duration(nanos > maxInt ? maxInt : nanos < minInt ? minInt : nanos);
}

function settle(result: string | boolean | PathProblem): FunctionResult {
  return isPathProblem(result) ? fail(result.problem) : result;
}

function strings(values: Values): readonly string[] | CelFailure {
  const bad = values.find((value) => typeof value !== 'string');
  return bad === undefined
    ? values.filter((value) => typeof value === 'string')
    : fail(`failed to convert list to string slice: ${goKindName(bad, 'string')}`);
}

function onPath(
  name: string,
  documentation: string,
  example: string,
  run: (path: string) => string | PathProblem,
): FunctionDefinition {
  return define(name, [
    {
      id: `${name}_string`,
      signature: `${name}(path: string): string`,
      documentation,
      example,
      run: (path: string) => settle(run(path)),
      contextual: undefined,
    },
  ]);
}

/** A test of a path, as function and as method. */
function pathTest(
  name: string,
  parameter: string,
  type: string,
  documentation: string,
  argument: string,
  run: (path: string, other: never) => FunctionResult,
): FunctionDefinition {
  const common = { documentation, run, contextual: undefined };
  const overloads: Overload[] = [
    {
      ...common,
      id: `${name}_overload`,
      signature: `${name}(path: string, ${parameter}: ${type}): bool`,
      example: `${name}('/home/a.txt', ${argument}) // true`,
    },
    {
      ...common,
      id: `${name}_member_overload`,
      signature: `string.${name}(${parameter}: ${type}): bool`,
      example: `'/home/a.txt'.${name}(${argument}) // true`,
    },
  ];
  return define(name, overloads);
}

function matchAnyOf(path: string, patterns: Values): FunctionResult {
  const texts = strings(patterns);
  if (texts instanceof CelFailure) {
    return texts;
  }
  for (const pattern of texts) {
    const matched = pathMatch(path, pattern);
    if (matched !== false) {
      return settle(matched);
    }
  }
  return false;
}

/** Cerbos' own functions (Cerbos documentation, "Conditions"), without those on hierarchies and SPIFFE identifiers. */
export const cerbosFunctions: readonly FunctionDefinition[] = [
  onLists(
    'except',
    'list(A)',
    'The elements of the first list that are not in the second.',
    '([1, 2, 3], [2]) // [1, 3]',
    except,
  ),
  onLists(
    'hasIntersection',
    'bool',
    'Whether the lists have an element in common.',
    '([1, 2], [2, 3]) // true',
    hasAny,
  ),
  onLists(
    'has_intersection',
    'bool',
    'The old name of `hasIntersection`.',
    '([1, 2], [2, 3]) // true',
    hasAny,
  ),
  onLists('intersect', 'list(A)', 'The elements that both lists have.', '([1, 2], [2, 3]) // [2]', intersect),
  onLists(
    'isSubset',
    'bool',
    'Whether the second list has all elements of the first.',
    '([1], [1, 2]) // true',
    (context, a, b) => hasAll(context, b, a),
  ),
  onLists('is_subset', 'bool', 'The old name of `isSubset`.', '([1], [1, 2]) // true', (context, a, b) =>
    hasAll(context, b, a),
  ),
  define('inIPAddrRange', [
    overload(
      'inIPAddrRange_string',
      'string.inIPAddrRange(range: string): bool',
      'Whether this IP address is in a range.',
      "'10.1.2.3'.inIPAddrRange('10.0.0.0/8') // true",
      inIPAddrRange,
    ),
  ]),
  define('now', [
    contextOverload(
      'now',
      'now(): timestamp',
      'The time at which the request is decided, the same everywhere in it.',
      "now() > timestamp('2020-01-01T00:00:00Z') // true",
      currentTime,
    ),
  ]),
  define('timeSince', [
    contextOverload(
      'timeSince_overload',
      'timeSince(since: timestamp): duration',
      'How long ago a time is.',
      "timeSince(timestamp('2020-01-01T00:00:00Z')) > duration('1h') // true",
      timeSince,
    ),
    contextOverload(
      'timeSince_member_overload',
      'timestamp.timeSince(): duration',
      'How long ago this time is.',
      "timestamp('2020-01-01T00:00:00Z').timeSince() > duration('1h') // true",
      timeSince,
    ),
  ]),
  onPath('basePath', 'The last part of a path.', "basePath('/home/a.txt') // 'a.txt'", basePath),
  onPath('dirPath', 'All but the last part of a path.', "dirPath('/home/a.txt') // '/home'", dirPath),
  onPath('extPath', 'The extension of a path, with its dot.', "extPath('/home/a.txt') // '.txt'", extPath),
  onPath(
    'volumeName',
    'The volume of a Windows path; empty for others.',
    "volumeName('C:\\\\dir') // 'C:'",
    volumeName,
  ),
  define('joinPath', [
    overload(
      'joinPath_stringarray',
      'joinPath(parts: list(string)): string',
      'Paths one below the other.',
      "joinPath(['/home', '../etc']) // '/etc'",
      (parts: Values) => {
        const texts = strings(parts);
        return texts instanceof CelFailure ? texts : settle(joinPath(texts));
      },
    ),
  ]),
  define('relPath', [
    overload(
      'relPath_string_string',
      'relPath(base: string, target: string): string',
      'The path from one place to another.',
      "relPath('/home', '/home/a/b') // 'a/b'",
      (base: string, target: string) => settle(relPath(base, target)),
    ),
  ]),
  pathTest(
    'pathHasPrefix',
    'prefix',
    'string',
    'Whether a path is another one, or is below it. `..` is resolved first; links are not.',
    "'/home'",
    (path: string, prefix: string) => settle(pathHasPrefix(path, prefix)),
  ),
  pathTest(
    'pathMatch',
    'pattern',
    'string',
    'Whether a shell pattern matches the whole path. `*` and `?` do not cross slashes.',
    "'/home/*.txt'",
    (path: string, pattern: string) => settle(pathMatch(path, pattern)),
  ),
  pathTest(
    'pathMatchAnyOf',
    'patterns',
    'list(string)',
    'Whether one of several shell patterns matches the whole path.',
    "['/etc/*', '/home/*']",
    matchAnyOf,
  ),
];
