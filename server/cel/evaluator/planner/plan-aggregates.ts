import type { ListExpr, MapExpr, StructExpr } from '../../ast';
import { equal } from '../../values/operations/equal';
import { formatValue } from '../../values/operations/format';
import { makeMap, typeNameOf } from '../../values/kinds';
import { Optional } from '../../values/optional';
import type { CelValue } from '../../values/value';
import { surcharge } from '../../values/operations/weight';
import { showKey } from '../../values/operations/access';
import { fail, Trouble } from '../../values/failure';
import type { Evaluator } from '../frame';
import { planMessage } from '../messages';
import type { Planning } from './planning';
import { assertHashable } from '../../values/operations/unhashable';

/** cel-go's costs of making a list and a map, beside those of their parts. */
export const listCost = 10;
const mapCost = 30;

/** Plans `[a, b, ?c]`. */
export function planList(planning: Planning, expr: ListExpr): Evaluator {
  const elements = expr.elements.map((element) => planning.plan(element));
  const optional = new Set(expr.optional);
  return (frame) => {
    frame.spend(listCost);
    const values: CelValue[] = [];
    for (const [index, element] of elements.entries()) {
      const value = element(frame);
      if (value instanceof Trouble) {
        return value;
      }
      if (!optional.has(index)) {
        values.push(value);
      } else if (!(value instanceof Optional)) {
        const problem = `cannot initialize optional list element from non-optional value ${showValue(value)}`;
        return fail(problem).at(expr);
      } else if (value.value !== undefined) {
        values.push(value.value);
      }
    }
    frame.spend(surcharge(values));
    return values;
  };
}

/** Plans `{a: b, ?c: d}`. */
export function planMap(planning: Planning, expr: MapExpr): Evaluator {
  const entries = expr.entries.map((entry) => ({
    key: planning.plan(entry.key),
    value: planning.plan(entry.value),
    optional: entry.optional,
  }));
  return (frame) => {
    frame.spend(mapCost);
    const made: [CelValue, CelValue][] = [];
    for (const entry of entries) {
      const key = entry.key(frame);
      if (key instanceof Trouble) {
        return key;
      }
      const value = entry.value(frame);
      if (value instanceof Trouble) {
        return value;
      }
      assertHashable(key);
      if (!entry.optional) {
        made.push([key, value]);
      } else if (!(value instanceof Optional)) {
        const shown = `'${showKey(key)}' from non-optional value ${showValue(value)}`;
        return fail(`cannot initialize optional entry ${shown}`).at(expr);
      } else if (value.value !== undefined) {
        made.push([key, value.value]);
      } else {
        remove(made, key);
      }
    }
    const map = makeMap(made);
    frame.spend(surcharge(map));
    return map;
  };
}

function remove(entries: [CelValue, CelValue][], key: CelValue): void {
  for (let index = entries.length - 1; index >= 0; index--) {
    const entry = entries[index];
    if (entry && typeNameOf(entry[0]) === typeNameOf(key) && equal(entry[0], key)) {
      entries.splice(index, 1);
    }
  }
}

function showValue(value: CelValue): string {
  return typeof value === 'string' ? value : formatValue(value);
}

/** Plans `Type{field: value}`. */
export function planStruct(planning: Planning, expr: StructExpr): Evaluator {
  const made = planning.checked.messageOf(expr);
  if (!made?.descriptor) {
    planning.refuse(fail(`unknown type: ${made?.name ?? expr.typeName}`).at(expr));
    return () => null;
  }
  const fields = expr.fields.map((field) => planning.plan(field.value));
  return planMessage(expr, made.schema, made.descriptor, fields);
}
