import type { CelValue } from '../values/value';

/** What a call costs, by its arguments. */
export type Cost = (first: CelValue, second?: CelValue) => number;

function lengthOf(value: CelValue | undefined): number {
  return typeof value === 'string' || value instanceof Uint8Array ? value.length : 1;
}

/** Going through a text once. */
function traversal(value: CelValue | undefined): number {
  return Math.ceil(lengthOf(value) / 10);
}

const once: Cost = (text) => traversal(text);
const product: Cost = (text, part) => traversal(text) * traversal(part);
/** RE2 takes time in proportion to the product of text and pattern, of which four letters make about one step. */
const match: Cost = (text, pattern) =>
  Math.ceil((1 + lengthOf(text)) / 10) * Math.ceil(lengthOf(pattern) / 4);

/**
 * The calls that do not cost 1, by the identifier of the overload, as cel-go has them. Functions whose work is in
 * proportion to something else, and which cel-go takes for steps like others, charge for it when they run.
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
