import { describe, expect, test } from 'vitest';
import { compile, formatValue, standardEnvironment, Timestamp } from '../index';
import { contextOverload, definer, overload } from './define';
import { parseSignature } from './signature';
import { functionTable } from './table';

const environment = standardEnvironment();

function valueOf(source: string): string {
  const { program, issues } = compile(source, environment);
  const result = program?.evaluate({}, { now: new Timestamp(1_790_000_000) });
  return result?.kind === 'value' ? formatValue(result.value) : JSON.stringify(result ?? issues);
}

describe('the table of functions', () => {
  const examples = [
    ...functionTable.flatMap(({ overloads }) => overloads.map(({ id, example }) => [id, example] as const)),
    ...environment.macros.map(({ name, example }) => [name, example] as const),
  ];

  test.each(examples)('the example of the function %s is true: %s', (_id, example) => {
    const [call = '', value = ''] = example.split(' // ');
    expect(valueOf(call)).toBe(valueOf(value));
  });

  test('the identifiers of a function’s overloads are unique', () => {
    for (const { name, overloads } of functionTable) {
      expect(new Set(overloads.map(({ id }) => id)).size, name).toBe(overloads.length);
    }
  });

  test('an overload without documentation or example does not compile', () => {
    const incomplete = (): unknown => [
      // @ts-expect-error An overload without documentation.
      overload('f_int', 'f(a: int): int', '', 'f(1) // 1'),
      // @ts-expect-error An overload without an example.
      overload('f_int', 'f(a: int): int', 'Gives the int itself.', ''),
      // @ts-expect-error An overload with neither.
      overload('f_int', 'f(a: int): int'),
      // @ts-expect-error The same for one that wants the evaluation's context.
      contextOverload('f_int', 'f(a: int): int', '', 'f(1) // 1', () => 1n),
      // @ts-expect-error Functions are made of overloads, which have a signature.
      definer('test')('f', [{ id: 'f_int', documentation: 'Says so.', example: 'f(1) // 1' }]),
    ];
    // The compiler has looked at these lines; there is nothing to run.
    expect(incomplete).toBeTypeOf('function');
  });

  test('every overload has documentation, an example and a readable signature', () => {
    for (const { name, overloads } of functionTable) {
      for (const { id, signature: text, documentation, example } of overloads) {
        if (typeof text !== 'string') {
          throw new TypeError(`${id} has no text for its signature`);
        }
        expect(documentation, id).toMatch(/\.$/);
        expect(example, id).not.toBe('');
        expect(() => parseSignature(name, text, new Map()), id).not.toThrow();
      }
    }
  });

  test('the environment describes functions for editors', () => {
    expect(environment.functions.get('charAt')?.overloads).toMatchObject([
      { signature: 'string.charAt(index: int): string', method: true, parameterNames: ['this', 'index'] },
    ]);
    expect(environment.macros.map(({ name }) => name)).toContain('exists_one');
  });
});
