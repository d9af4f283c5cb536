import { compile, formatType, formatValue, Timestamp, toJson, unparse } from '../../cel';
import type { EvalContext, EvalResult, Range } from '../../cel';
import { cerbosEnvironment, requestBindings, requestRecords } from '../index';
import type { PolicyScope } from '../index';
import { describe, expect, test } from 'vitest';

const environment = cerbosEnvironment();
const records = requestRecords({
  principal: { id: 'alice', roles: ['editor'], attr: { level: 3, tags: ['a', 'b'] } },
  resource: { kind: 'document', id: '1', attr: { owner: 'alice' } },
});

function evaluate(source: string, context: EvalContext = {}, scope: PolicyScope = {}): EvalResult {
  const { program, issues } = compile(source, environment);
  if (!program) {
    throw new Error(issues.map((issue) => issue.message).join('; '));
  }
  return program.evaluate(requestBindings(records, scope), context);
}

function messages(source: string): readonly string[] {
  return compile(source, environment).issues.map(
    ({ message, range }) => `${source.slice(range.start, range.end)}: ${message}`,
  );
}

describe('compile', () => {
  test('the checker knows the types of the request', () => {
    expect(messages('P.attrs')).toEqual(["attrs: undefined field 'attrs'"]);
    expect(messages('R.id == 1')).toEqual([
      "==: found no matching overload for '_==_' applied to '(string, int)'",
    ]);
    expect(messages('V["x"]')).toEqual([
      "[: found no matching overload for '_[_]' applied to '(cerbos.Variables, string)'",
    ]);
  });

  test('compiling reports literals that can only fail at run time', () => {
    expect(messages('duration("soon")')).toEqual(['"soon": invalid duration argument']);
    expect(messages('P.id.matches("[")')).toEqual(['"[": invalid matches argument']);
  });

  test('compiling gives the type of every node', () => {
    const { parsed, checked } = compile('P.roles.map(r, r.size())', environment);
    expect(formatType(checked.type)).toBe('list(int)');
    const [role] = parsed.expr.macro?.args ?? [];
    expect(role).toBeDefined();
    expect(checked.typeOf(parsed.expr)).toEqual(checked.type);
  });
});

describe('evaluate', () => {
  test('an evaluation takes JSON as it is, and its numbers are doubles', () => {
    expect(evaluate('P.attr.level == 3 && type(P.attr.level) == double')).toEqual({
      kind: 'value',
      value: true,
    });
    expect(evaluate('P.attr.level + 1')).toMatchObject({ kind: 'error', message: 'no such overload' });
  });

  test('an evaluation treats names of JavaScript’s own like any other key', () => {
    const attr = JSON.parse('{"__proto__": 1, "constructor": 2}') as Record<string, number>;
    const { program } = compile('[R.attr.__proto__, R.attr.constructor, has(R.attr.toString)]', environment);
    const input = { principal: { id: '', roles: [] }, resource: { kind: '', id: '', attr } };
    const result = program?.evaluate(requestBindings(requestRecords(input)));
    expect(result).toEqual({ kind: 'value', value: [1, 2, false] });
  });

  test('an evaluation error has the range of the sub-expression that failed', () => {
    const source = 'R.attr.owner == "bob" || R.attr.missing == 1';
    const result = evaluate(source);
    expect(result).toMatchObject({ kind: 'error', message: 'no such key: missing' });
    const range = result.kind === 'error' ? result.range : { start: 0, end: 0 };
    expect(source.slice(range.start, range.end)).toBe('R.attr.missing');
  });

  test('the operators && and || absorb failures', () => {
    expect(evaluate('R.attr.missing == 1 || true')).toEqual({ kind: 'value', value: true });
    expect(evaluate('false && R.attr.missing == 1')).toEqual({ kind: 'value', value: false });
  });

  test('an evaluation reads variables when they are used, and fails where one is not set', () => {
    const asked: string[] = [];
    const variables = (name: string): boolean | undefined => {
      asked.push(name);
      return name === 'set' ? true : undefined;
    };
    expect(evaluate('V.set || V.unset', {}, { variables })).toEqual({ kind: 'value', value: true });
    expect(asked).toEqual(['set']);
    expect(evaluate('V.unset', {}, { variables })).toMatchObject({ message: "undefined field 'unset'" });
  });

  test('an evaluation takes the present time from its caller', () => {
    const now = new Timestamp(60);
    expect(evaluate('now() == now() && timeSince(timestamp(0)) == duration("1m")', { now })).toEqual({
      kind: 'value',
      value: true,
    });
    expect(evaluate('now() > timestamp(0)')).toMatchObject({ kind: 'error' });
  });

  test('an evaluation stops at its cost limit, whatever would absorb a failure', () => {
    const result = evaluate('true || lists.range(1000).all(x, x >= 0) ? lists.range(1000).size() : 0', {
      costLimit: 100,
    });
    expect(result).toMatchObject({
      kind: 'error',
      message: 'operation cancelled: actual cost limit exceeded',
    });
  });

  test('outputs follow protobuf’s JSON mapping', () => {
    const result = evaluate('{"a": 9007199254740993, "b": b"x", "c": duration("90s"), "d": timestamp(0)}');
    expect(result.kind === 'value' && toJson(result.value)).toEqual({
      a: '9007199254740993',
      b: 'eA==',
      c: '90s',
      d: '1970-01-01T00:00:00Z',
    });
  });
});

describe("Cerbos' own messages", () => {
  test('an expression can make Cerbos’ messages, and read their enums', () => {
    expect(evaluate("cerbos.engine.v1.Resource{kind: 'a'}.kind")).toEqual({ kind: 'value', value: 'a' });
    expect(evaluate('cerbos.effect.v1.Effect.EFFECT_DENY')).toEqual({ kind: 'value', value: 2n });
  });

  test('the checker checks Cerbos’ messages field by field', () => {
    expect(messages('cerbos.engine.v1.Request{resource: {}}')).toEqual([
      expect.stringContaining(
        "expected type of field 'resource' is 'cerbos.engine.v1.Request.Resource' but provided type is 'map(dyn, dyn)'",
      ),
    ]);
  });
});

describe('unknowns', () => {
  function residual(source: string, unknowns: readonly string[]): string {
    const result = evaluate(source, { unknowns });
    return result.kind === 'unknown' ? unparse(result.residual) : JSON.stringify(result);
  }

  test('a residual has the parts that depend on unknowns, with everything else folded', () => {
    const unknowns = ['resource.attr.arguments'];
    expect(residual('R.attr.owner == P.id && R.attr.arguments.path == "/x"', unknowns)).toBe(
      'R.attr.arguments.path == "/x"',
    );
    expect(residual('P.attr.level > 5 ? true : R.attr.arguments.n > P.attr.level', unknowns)).toBe(
      'R.attr.arguments.n > 3.0',
    );
  });

  test('a residual keeps dyn() around values whose type was hidden', () => {
    expect(residual('R.attr.n == 1 && dyn(7u)', ['R.attr'])).toBe('R.attr.n == 1 && dyn(7u)');
    expect(residual('R.attr.n == 1 && dyn(true)', ['R.attr'])).toBe('R.attr.n == 1');
  });

  test('unknowns do not matter where the known parts decide', () => {
    expect(evaluate('R.attr.arguments.x == 1 && false', { unknowns: ['R.attr.arguments'] })).toEqual({
      kind: 'value',
      value: false,
    });
  });

  test('unknowns are found under every spelling of their path, and below and above it', () => {
    for (const source of [
      'request.resource.attr.a.b',
      'R.attr["a"].b',
      'R.attr',
      'has(R.attr.a)',
      'R.attr.?a',
    ]) {
      expect(evaluate(source, { unknowns: ['R.attr.a'] }).kind, source).toBe('unknown');
    }
    expect(evaluate('R.attr.owner', { unknowns: ['R.attr.a'] }).kind).toBe('value');
  });
});

describe('explain', () => {
  test('an explanation records the result of every sub-expression', () => {
    const source = 'P.roles.exists(r, r == "editor") && R.attr.owner == P.id';
    const { program } = compile(source, environment);
    const { result, trace } = program!.explain(requestBindings(records));
    expect(result).toEqual({ kind: 'value', value: true });
    const shown = trace.map(({ range, result: part }) => [
      source.slice(range.start, range.end),
      part.kind === 'value' ? formatValue(part.value) : part.kind,
    ]);
    expect(shown).toContainEqual(['r == "editor"', 'true']);
    expect(shown).toContainEqual(['R.attr.owner', '"alice"']);
    expect(shown).toContainEqual(['R.attr.owner == P.id', 'true']);
  });

  test.each([
    [
      'R.attr.owner == P.id || R.attr.missing > 1',
      [],
      [
        ['R', '…'],
        ['R.attr', '…'],
        ['R.attr.owner', '"alice"'],
        ['P', '…'],
        ['P.id', '"alice"'],
        ['R.attr.owner == P.id', 'true'],
        ['R.attr.owner == P.id || R.attr.missing > 1', 'true'],
      ],
    ],
    [
      'R.attr.missing == 1 || P.attr.level == 3',
      [],
      [
        ['R', '…'],
        ['R.attr', '…'],
        ['R.attr.missing', 'no such key: missing at R.attr.missing'],
        ['R.attr.missing == 1', 'no such key: missing at R.attr.missing'],
        ['P', '…'],
        ['P.attr', '…'],
        ['P.attr.level', '3.0'],
        ['3', '3'],
        ['P.attr.level == 3', 'true'],
        ['R.attr.missing == 1 || P.attr.level == 3', 'true'],
      ],
    ],
    [
      'R.attr.args.n == 1 && [1].all(i, i < P.attr.level)',
      ['R.attr.args'],
      [
        ['R.attr.args.n', 'unknown'],
        ['1', '1'],
        ['R.attr.args.n == 1', 'unknown'],
        ['1', '1'],
        ['[1]', '[1]'],
        ['i', '1'],
        ['P', '…'],
        ['P.attr', '…'],
        ['P.attr.level', '3.0'],
        ['i < P.attr.level', 'true'],
        ['[1].all(i, i < P.attr.level)', 'true'],
        ['R.attr.args.n == 1 && [1].all(i, i < P.attr.level)', 'unknown'],
      ],
    ],
  ] as const)('the value, the error or the unknown of every part is given: %s', (source, unknowns, parts) => {
    const { program } = compile(source, environment);
    const trace = program?.explain(requestBindings(records), { unknowns }).trace ?? [];
    const text = ({ start, end }: Range): string => source.slice(start, end);
    const shown = trace.map(({ range, result }) => {
      if (result.kind === 'value') {
        const value = formatValue(result.value);
        return [text(range), value.length > 9 ? '…' : value];
      }
      return [
        text(range),
        result.kind === 'error' ? `${result.message} at ${text(result.range)}` : 'unknown',
      ];
    });
    expect(shown).toEqual(parts);
  });
});
