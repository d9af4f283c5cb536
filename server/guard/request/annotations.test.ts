import { describe, expect, test } from 'vitest';
import { effectiveAnnotations, undeclared } from './annotations';

describe('effective annotations', () => {
  test('effective annotations are the worst case for a tool that nobody has accepted', () => {
    expect(effectiveAnnotations(undefined)).toEqual(undeclared);
    expect(undeclared).toEqual({
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: false,
      openWorldHint: true,
    });
  });

  test('effective annotations are those that an accepted tool declares, the worst where it declares none', () => {
    expect(effectiveAnnotations({ annotations: { idempotentHint: true } })).toEqual({
      ...undeclared,
      idempotentHint: true,
    });
  });

  test('effective annotations of a read-only tool are not destructive', () => {
    const hints = { readOnlyHint: true, destructiveHint: true };
    expect(effectiveAnnotations({ annotations: hints })).toMatchObject({
      readOnlyHint: true,
      destructiveHint: false,
    });
  });

  test.each([['yes'], [1], [null], [{}]])('effective annotations do not take %j for a hint', (value) => {
    expect(effectiveAnnotations({ annotations: { readOnlyHint: value } }).readOnlyHint).toBe(false);
    expect(effectiveAnnotations({ annotations: value })).toEqual(undeclared);
  });
});
