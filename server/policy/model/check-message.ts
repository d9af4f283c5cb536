import type { YamlMap } from '../yaml/node';
import { labelOf } from './field-location';
import type { DecodeIssues, FieldLocation } from './field-location';
import type { Located, MessageShape } from './schema';

/** A message as read: its fields by name; one that is there but makes no sense is undefined. */
export type DecodedMessage = Record<string, Located<unknown> | undefined>;

/** A message that has been read, and where. */
interface Checked {
  readonly shape: MessageShape;
  readonly place: FieldLocation;
  readonly node: YamlMap;
  readonly read: DecodedMessage;
  /** The fields that are there, broken or not. */
  readonly written: ReadonlySet<string>;
}

/** Reports what a message lacks, repeats or contradicts: required and unique fields, exclusive ones, its own rules. */
export function checkMessage({ shape, place, node, read, written }: Checked, issues: DecodeIssues): void {
  const prefix = place.path === '$' ? '' : `${labelOf(place)}.`;
  const here: FieldLocation = {
    ...place,
    span: place.path === '$' ? { start: node.start, end: node.start } : place.span,
  };
  for (const name of shape.checked) {
    const field = shape.fields[name];
    const value = read[name];
    if (field?.required && (value === undefined ? !written.has(name) : isZero(value.value))) {
      const where = value ? { path: value.path, span: value.key ?? value.span, mark: value.mark } : here;
      if (value) {
        issues.dropFormIssue(value.path);
      }
      issues.report('missing-value', `${prefix}${name}: value is required`, where, value !== undefined);
    } else if (field?.unique && value && repeats(value.value)) {
      reportRepeated(`${prefix}${name}: repeated value must contain unique items`, value, issues);
    }
  }
  for (const [oneof, names] of shape.oneofs) {
    if (names.some((name) => written.has(name))) {
      continue;
    }
    const message = `${prefix}${oneof}: exactly one field is required in oneof (${names.join(', ')})`;
    issues.report('missing-kind', message, here, false);
  }
  for (const rule of shape.rules) {
    if (rule.holds(read)) {
      continue;
    }
    const label = place.path === '$' ? '' : `${labelOf(place)}: `;
    issues.report('invalid-value', `${label}${rule.message}`, here);
  }
}

function reportRepeated(message: string, list: Located<unknown>, issues: DecodeIssues): void {
  const seen = new Set<unknown>();
  for (const item of list.value as readonly Located<unknown>[]) {
    if (seen.has(item.value)) {
      issues.report('duplicate-item', message, { path: list.path, span: item.span, mark: list.mark });
      return;
    }
    seen.add(item.value);
  }
}

/** True for a type's zero, which protobuf's `required` does not tell from a missing value. */
function isZero(value: unknown): boolean {
  if (value === '' || value === false || value === 'EFFECT_UNSPECIFIED') {
    return true;
  }
  if (Array.isArray(value)) {
    return value.length === 0;
  }
  return value instanceof Map && value.size === 0;
}

function repeats(value: unknown): boolean {
  if (!Array.isArray(value)) {
    return false;
  }
  const items = value as readonly Located<unknown>[];
  if (items.length < 2) {
    return false;
  }
  return new Set(items.map((each) => each.value)).size < items.length;
}
