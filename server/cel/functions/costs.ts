import type { CelValue } from '../values/value';

/** The cost of a call by its arguments, in cel-go's units. */
export type Cost = (first: CelValue, second?: CelValue) => number;

function lengthOf(value: CelValue | undefined): number {
  return typeof value === 'string' || value instanceof Uint8Array ? value.length : 1;
}

/** cel-go's price of walking a text once: a tenth of its length. */
function traversal(value: CelValue | undefined): number {
  return Math.ceil(lengthOf(value) / 10);
}

const once: Cost = (text) => traversal(text);
const product: Cost = (text, part) => traversal(text) * traversal(part);
/**
 * RE2 takes time in proportion to the product of text and pattern; four characters of a pattern make about one step.
 */
const match: Cost = (text, pattern) =>
  Math.ceil((1 + lengthOf(text)) / 10) * Math.ceil(lengthOf(pattern) / 4);

/**
 * The calls that do not cost 1, by the identifier of the overload; cel-go's figures. Some functions do work in
 * proportion to their arguments that cel-go prices as one step: those charge for it when they run.
 */
export const costs: ReadonlyMap<string, Cost> = new Map([
  ['starts_with_string', once],
  ['ends_with_string', once],
  ['string_to_bytes', once],
  ['bytes_to_string', once],
  ['contains_string', product],
  ['matches', match],
  ['matches_string', match],
]);

export const single: Cost = () => 1;
