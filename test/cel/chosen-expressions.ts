import { cerbosEnvironment } from '../../server/policy';
import { formatType } from '../../server/cel/index';
import type { CelType, OverloadDescription } from '../../server/cel/index';

/** Edge values of each type, written as expressions. */
export const edgeValues: Readonly<Record<string, readonly string[]>> = {
  int: ['0', '1', '-1', '3', '9223372036854775807', '-9223372036854775808'],
  uint: ['0u', '1u', '7u', '18446744073709551615u'],
  double: ['0.0', '-0.5', '1.0', '2.5', '1e300', '(0.0/0.0)', '(1.0/0.0)'],
  bool: ['true', 'false'],
  string: ["''", "'a'", "'hello world'", "'héllo 😀'", "'a.b.c'", "'1'"],
  bytes: ["b''", "b'abc'", "b'\\xff'"],
  null: ['null'],
  timestamp: [
    "timestamp('2026-03-01T12:30:45.123456789Z')",
    "timestamp('1969-12-31T23:59:59.5Z')",
    "timestamp('9999-12-31T23:59:59Z')",
    "timestamp('0001-01-01T00:00:00Z')",
  ],
  duration: ["duration('0s')", "duration('1h30m0.5s')", "duration('-1.5s')", "duration('9223372036s')"],
  dyn: ['1', "'a'", 'dyn(1.5)', '[1]', 'null'],
  type: ['int', 'type(1)'],
  'net.IP': ["ip('10.1.2.3')", "ip('::1')", "ip('fe80::1')", "ip('224.0.0.1')", "ip('0.0.0.0')"],
  'net.CIDR': ["cidr('10.1.2.3/8')", "cidr('::/0')", "cidr('10.0.0.0/16')", "cidr('2001:db8::/32')"],
  'cerbos.lib.hierarchy': ["hierarchy('a.b.c')", "hierarchy('a')", "hierarchy('a.b.d')", "hierarchy('a.b')"],
  'cerbos.lib.spiffeID': ["spiffeID('spiffe://a.b/c/d')", "spiffeID('spiffe://a')"],
  'cerbos.lib.spiffeTrustDomain': ["spiffeTrustDomain('a.b')", "spiffeTrustDomain('spiffe://a/b')"],
  'cerbos.lib.spiffeMatcher': [
    'spiffeMatchAny()',
    "spiffeMatchExact('spiffe://a.b/c')",
    "spiffeMatchTrustDomain('a.b')",
  ],
};

/** Values for particular functions, whose texts must have a form. */
const formedTexts: Readonly<Record<string, readonly string[]>> = {
  startsWith: ["'hello'", "'hell'", "'ell'", "''"],
  endsWith: ["'hello'", "'llo'", "'ell'", "''"],
  contains: ["'hello'", "'ell'", "'elo'", "''"],
  matches: ["'^a'", "'[0-9]+'", "'h.*o'", "'[a-z'", "'(?i)HELLO'"],
  inIPAddrRange: ["'10.0.0.0/8'", "'10.1.2.3'", "'::/0'", "'x'"],
  'regex.extract': ["'user-17'", "'(l+)'", "'h(.)l'", "'(a)(b)'", "'['"],
  'regex.extractAll': ["'a1b22'", "'[0-9]+'", "'([a-z])'", "''"],
  'regex.replace': ["'a1b22'", "'[0-9]'", "'([a-z])([0-9])'", "'\\\\2\\\\1'", "'\\\\9'"],
  'base64.decode': ["'aGVsbG8='", "'aGVsbG8'", "'!'", "'a'"],
  format: ["'%s %d'", "'%.2f'", "'%x'", "'%%'", "'%s'", "'%e'", "'%b'", "'%'", "'%q'"],
  ip: ["'10.1.2.3'", "'::1'", "dyn('x')", "dyn('1.2.3')", "dyn('::ffff:1.2.3.4')"],
  cidr: ["'10.1.2.3/8'", "dyn('10.1.2.3')", "dyn('10.1.2.3/33')"],
  isIP: ["'10.1.2.3'", "'01.1.1.1'", "'1::2::3'", "'fe80::1%eth0'"],
  isCIDR: ["'10.1.2.3/8'", "'::/129'", "'x'"],
  'ip.isCanonical': ["'::1'", "'0:0::1'", "'x'"],
  containsIP: ["'10.1.2.3'", "'x'"],
  containsCIDR: ["'10.1.0.0/16'", "'x'"],
  spiffeID: [
    "'spiffe://a.b/c'",
    "'spiffe://A/c'",
    "'spiffe://a/../b'",
    "'http://a'",
    "'spiffe://a//b'",
    "'spiffe://a/'",
  ],
  spiffeTrustDomain: ["'a.b'", "'spiffe://a/b'", "'A'", "''"],
  matchesID: ["'spiffe://a.b/c'", "'x'"],
  timestamp: ["'2026-03-01T12:30:45Z'", "dyn('2026-03-01')", "'2026-03-01T00:00:00-05:30'"],
  duration: ["'1h'", "dyn('1')", "'-1.5ms'", "'1h2m3s4ms5us6ns'"],
  int: ["'12'", "'-9223372036854775808'", "'9223372036854775808'", "'1.5'", "''"],
  uint: ["'12'", "'-1'", "'18446744073709551616'"],
  double: ["'1.5'", "'1e400'", "'abc'", "'-0'"],
  bool: ["'true'", "'TRUE'", "'tRue'", "'1'"],
};
for (const getter of 'FullYear Month DayOfYear DayOfMonth DayOfWeek Hours Minutes Seconds Milliseconds'.split(
  ' ',
)) {
  (formedTexts as Record<string, readonly string[]>)[`get${getter}`] = zones();
}
(formedTexts as Record<string, readonly string[]>)['getDate'] = zones();

function zones(): readonly string[] {
  return ["'UTC'", "'America/New_York'", "'Asia/Kolkata'", "'+05:30'", "'-08:00'", "'Nowhere/Else'"];
}
for (const name of 'basePath dirPath extPath volumeName relPath pathHasPrefix pathMatch pathMatchAnyOf joinPath'.split(
  ' ',
)) {
  (formedTexts as Record<string, readonly string[]>)[name] = [
    "'/home/john/a.txt'",
    "'/home/john/../*'",
    "''",
    "'a/b'",
    "'C:\\\\dir\\\\f.exe'",
    "'\\\\\\\\host\\\\share\\\\d'",
    "'/'",
    "'[a'",
    "'C:x'",
  ];
}

function valuesOf(type: CelType, name: string): readonly string[] {
  switch (type.kind) {
    case 'primitive':
      if (type.name === 'string' && Object.hasOwn(formedTexts, name)) {
        return formedTexts[name]!;
      }
      return edgeValues[type.name === 'null_type' ? 'null' : type.name] ?? [];
    case 'list': {
      const elements = valuesOf(type.element, name);
      return ['[]', `[${elements.slice(0, 3).join(', ')}]`, `[${elements.slice(1, 2).join(', ')}]`];
    }
    case 'map': {
      const keys = type.key.kind === 'param' ? ["'a'", "'b'"] : valuesOf(type.key, name);
      const values = valuesOf(type.value, name);
      return ['{}', `{${keys[0] ?? "'k'"}: ${values[0] ?? '1'}}`];
    }
    case 'named':
      return type.name === 'optional_type'
        ? ['optional.none()', `optional.of(${valuesOf(type.parameters[0]!, name)[0] ?? '1'})`]
        : (edgeValues[type.name] ?? []);
    case 'param':
      return ['1', '2'];
    case 'type':
      return edgeValues['type']!;
    default:
      return edgeValues['dyn']!;
  }
}

/** Every choice of one value per parameter, at most so many, spread evenly. */
function choices(lists: readonly (readonly string[])[], most: number): string[][] {
  const total = lists.reduce((product, list) => product * list.length, 1);
  const step = Math.max(1, Math.floor(total / most));
  const chosen: string[][] = [];
  for (let number = 0; number < total && chosen.length < most; number += step) {
    let rest = number;
    chosen.push(
      lists.map((list) => {
        const value = list[rest % list.length]!;
        rest = Math.floor(rest / list.length);
        return value;
      }),
    );
  }
  return chosen;
}

const infix: Readonly<Record<string, string>> = {
  '_+_': '+',
  '_-_': '-',
  '_*_': '*',
  '_/_': '/',
  '_%_': '%',
  '_<_': '<',
  '_<=_': '<=',
  '_>_': '>',
  '_>=_': '>=',
  '_==_': '==',
  '_!=_': '!=',
  '_&&_': '&&',
  '_||_': '||',
  '@in': 'in',
};

/** A call of a function with these arguments, in the syntax that it has. */
export function writeCall(name: string, method: boolean, args: readonly string[]): string {
  const [first = '', second = '', third = ''] = args;
  const sign = infix[name];
  if (sign !== undefined) {
    return `${first} ${sign} ${second}`;
  }
  switch (name) {
    case '_?_:_':
      return `${first} ? ${second} : ${third}`;
    case '!_':
    case '-_':
      return `${name.charAt(0)}(${first})`;
    case '_[_]':
      return `${first}[${second}]`;
    case '_[?_]':
      return `${first}[?${second}]`;
    default:
      return method ? `${first}.${name}(${args.slice(1).join(', ')})` : `${name}(${args.join(', ')})`;
  }
}

function callsOf(name: string, overload: OverloadDescription): string[] {
  const lists = overload.parameters.map((type) => valuesOf(type, name));
  const plain = choices(lists, 8).map((args) => writeCall(name, overload.method, args));
  // The same with types hidden from the checker, and with one argument of a wrong type.
  const hidden = choices(lists, 2).map((args) =>
    writeCall(
      name,
      overload.method,
      args.map((arg) => `dyn(${arg})`),
    ),
  );
  const wrong = overload.parameters.flatMap((type, index) => {
    const [args] = choices(lists, 1);
    const other = formatType(type) === 'string' ? 'dyn(1)' : "dyn('wrong')";
    return args
      ? [
          writeCall(
            name,
            overload.method,
            args.map((arg, at) => (at === index ? other : arg)),
          ),
        ]
      : [];
  });
  return [...plain, ...hidden, ...wrong];
}

/** Names that `now` makes different on every run. */
const timeDependent = new Set(['now', 'timeSince']);

/** Expressions for every overload of every function, with edge values, hidden types and wrong types. */
export function overloadExpressions(): readonly string[] {
  const expressions: string[] = [];
  for (const [name, described] of cerbosEnvironment().functions) {
    if (!timeDependent.has(name)) {
      expressions.push(...described.overloads.flatMap((overload) => callsOf(name, overload)));
    }
  }
  return [...new Set(expressions)];
}
