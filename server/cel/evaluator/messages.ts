import type { StructExpr } from '../ast';
import type { MessageDescriptor } from '../messages/descriptor';
import { makeMessage } from '../messages/make';
import type { MessageSchema } from '../messages/schema';
import { formatValue } from '../values/operations/format';
import { Optional } from '../values/optional';
import type { CelValue } from '../values/value';
import { surcharge } from '../values/operations/weight';
import { fail, Failure, Trouble } from '../values/failure';
import type { Evaluator } from './frame';

/** cel-go's cost of making a message, beside that of its fields' values. */
const messageCost = 40;

/** Plans `Type{field: value}`. The evaluators are those of the fields, in order. */
export function planMessage(
  node: StructExpr,
  schema: MessageSchema,
  descriptor: MessageDescriptor,
  evaluators: readonly Evaluator[],
): Evaluator {
  const fields = node.fields.map(({ name, optional }, index) => ({
    name,
    optional,
    value: evaluators[index],
  }));
  return (frame) => {
    frame.spend(messageCost);
    const values = new Map<string, CelValue>();
    for (const { name, optional, value: evaluate } of fields) {
      const value = evaluate?.(frame) ?? null;
      if (value instanceof Trouble) {
        return value;
      }
      if (!optional) {
        values.set(name, value);
      } else if (!(value instanceof Optional)) {
        const shown = typeof value === 'string' ? value : formatValue(value);
        return fail(`cannot initialize optional entry '${name}' from non-optional value ${shown}`).at(node);
      } else if (value.value === undefined) {
        values.delete(name);
      } else {
        values.set(name, value.value);
      }
    }
    // What is converted is walked through.
    for (const value of values.values()) {
      frame.spend(surcharge(value));
    }
    const made = makeMessage(schema, descriptor, values);
    if (made instanceof Failure) {
      return made.at(node);
    }
    frame.spend(surcharge(made));
    return made;
  };
}
