import { Decimal } from '../json/decimal';
import { goFloat } from '../json/go-text';
import type { KeywordReader } from '../keyword-reader';
import type { Check } from '../schema';

/** The limits of numbers, and `multipleOf`; exact, in decimal. */
export function numberChecks(reader: KeywordReader): readonly Check[] {
  const [minimum, exclusiveMinimum] = limits(reader, 'minimum', 'exclusiveMinimum');
  const [maximum, exclusiveMaximum] = limits(reader, 'maximum', 'exclusiveMaximum');
  const checks: Check[] = [];
  const add = (limit: string | undefined, sign: string, holds: (order: number) => boolean): void => {
    if (limit === undefined) {
      return;
    }
    const exact = Decimal.of(limit);
    checks.push((visit) => {
      const { value } = visit;
      if (typeof value !== 'number' || holds(Decimal.of(value).compare(exact))) {
        return;
      }
      visit.fail(`must be ${sign} ${goFloat(Number(limit))} but found ${goFloat(value)}`);
    });
  };
  add(minimum, '>=', (order) => order >= 0);
  add(exclusiveMinimum, '>', (order) => order > 0);
  add(maximum, '<=', (order) => order <= 0);
  add(exclusiveMaximum, '<', (order) => order < 0);
  const factor = reader.number('multipleOf');
  if (factor !== undefined) {
    const exact = Decimal.of(factor);
    checks.push((visit) => {
      const { value } = visit;
      if (typeof value !== 'number' || Decimal.of(value).isMultipleOf(exact)) {
        return;
      }
      visit.fail(`${goFloat(value)} not multipleOf ${goFloat(Number(factor))}`);
    });
  }
  return checks;
}

/** The inclusive and the exclusive limit; in draft 4 the second keyword says that the first is meant exclusively. */
function limits(
  reader: KeywordReader,
  keyword: string,
  exclusive: string,
): readonly [string | undefined, string | undefined] {
  const limit = reader.number(keyword);
  return reader.flag(exclusive) === true ? [undefined, limit] : [limit, reader.number(exclusive)];
}
