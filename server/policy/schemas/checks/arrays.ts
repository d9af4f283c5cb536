import type { JsonValue } from '../../../cel';
import { canonicalValue } from '../json/canonical';
import type { KeywordReader } from '../keyword-reader';
import type { Check, Schema, SchemaProblem, SchemaVisit } from '../schema';

/** How many items there are, and that none is there twice. */
export function arrayLimitChecks(reader: KeywordReader): readonly Check[] {
  const [least, most] = [reader.count('minItems'), reader.count('maxItems')];
  const unique = reader.flag('uniqueItems') === true;
  if (least === undefined && most === undefined && !unique) {
    return [];
  }
  const check = onArrays((items, visit) => {
    const count = items.length;
    if (least !== undefined && count < least) {
      visit.fail(`minimum ${least} items required, but found ${count} items`);
    }
    if (most !== undefined && count > most) {
      visit.fail(`maximum ${most} items required, but found ${count} items`);
    }
    const pair = unique ? firstRepetition(items) : undefined;
    if (pair) {
      visit.fail(`items at index ${pair[0]} and ${pair[1]} are equal`);
    }
  });
  return [check];
}

function firstRepetition(items: readonly JsonValue[]): readonly [number, number] | undefined {
  const seen = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const text = canonicalValue(item);
    const before = seen.get(text);
    if (before !== undefined) {
      return [before, index];
    }
    seen.set(text, index);
  }
  return undefined;
}

/** Checks items by one schema for all, or by schemas for the first ones and another for the rest. */
export function itemChecks(reader: KeywordReader): readonly Check[] {
  if (reader.draft >= 2020) {
    const first = reader.schemas('prefixItems', 'part') ?? [];
    const rest = reader.schema('items', 'part');
    return first.length > 0 || rest ? [listed(first, rest)] : [];
  }
  const node = reader.node('items');
  if (node?.kind !== 'array') {
    const all = reader.schema('items', 'part');
    return all ? [listed([], all, true)] : [];
  }
  const first = reader.schemas('items', 'part') ?? [];
  const additional = reader.node('additionalItems');
  if (additional?.kind !== 'boolean') {
    return [listed(first, reader.schema('additionalItems', 'part'))];
  }
  const rest = onArrays((items, visit) => {
    if (additional.value) {
      visit.unevaluatedItems = undefined;
    } else if (items.length > first.length) {
      visit.fail(`only ${first.length} items are allowed, but found ${items.length} items`);
    }
  });
  return [listed(first, undefined), rest];
}

function listed(first: readonly Schema[], rest: Schema | undefined, all = false): Check {
  return onArrays((items, visit) => {
    for (const [index, item] of items.entries()) {
      const schema = first[index] ?? rest;
      if (!schema) {
        break;
      }
      visit.unevaluatedItems?.delete(index);
      visit.add(visit.part(schema, item, index));
    }
    if (all) {
      visit.unevaluatedItems = undefined;
    }
  });
}

/** `contains`, with how many items must match. */
export function containsCheck(reader: KeywordReader, counts: boolean, evaluates: boolean): Check | undefined {
  const schema = reader.schema('contains', 'part');
  if (!schema) {
    return undefined;
  }
  const least = (counts ? reader.count('minContains') : undefined) ?? 1;
  const most = counts ? reader.count('maxContains') : undefined;
  return onArrays((items, visit) => {
    const causes: SchemaProblem[] = [];
    let matched = 0;
    for (const [index, item] of items.entries()) {
      const problems = visit.part(schema, item, index);
      causes.push(...problems);
      if (problems.length > 0) {
        continue;
      }
      matched++;
      if (evaluates) {
        visit.unevaluatedItems?.delete(index);
      }
    }
    if (matched < least) {
      if (causes.length > 0) {
        visit.add(causes);
      } else {
        visit.fail(`valid must be >= ${least}, but got ${matched}`);
      }
    }
    if (most !== undefined && matched > most) {
      visit.fail(`valid must be <= ${most}, but got ${matched}`);
    }
  });
}

/** `unevaluatedItems`: what no other keyword has looked at. */
export function unevaluatedItemsCheck(reader: KeywordReader): Check | undefined {
  const schema = reader.schema('unevaluatedItems', 'part');
  return (
    schema &&
    onArrays((items, visit) => {
      for (const index of visit.unevaluatedItems ?? []) {
        visit.add(visit.part(schema, items[index] ?? null, index));
      }
      visit.unevaluatedItems = undefined;
    })
  );
}

function onArrays(check: (items: readonly JsonValue[], visit: SchemaVisit) => void): Check {
  return (visit) => {
    if (Array.isArray(visit.value)) {
      check(visit.value as readonly JsonValue[], visit);
    }
  };
}
