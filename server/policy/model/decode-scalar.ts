import type { YamlAlias, YamlNode, YamlScalar } from '../yaml/node';
import { closest } from './closest';
import { labelOf, locationOf, typeName } from './field-location';
import type { Broken, DecodeIssues, FieldLocation } from './field-location';
import type { EnumShape, TextShape } from './schema';
import { isTimestamp } from './timestamp';

type Resolved = Exclude<YamlNode, YamlAlias>;

// Each of these reads one value; what makes no sense is an issue, and read as broken.

export function decodeText(
  node: Resolved,
  { pattern, minLength, equals }: TextShape,
  place: FieldLocation,
  issues: DecodeIssues,
): string | Broken {
  const value = node.kind === 'scalar' ? scalarText(node) : undefined;
  if (value === undefined) {
    return issues.wrongType('string value', node, place);
  }
  const report = (problem: string): void =>
    void issues.report('invalid-value', `${labelOf(place)}: ${problem}`, { ...place, span: node });
  if (equals !== undefined && value !== equals) {
    report(`must equal \`${equals}\``);
  }
  if (pattern && !pattern.matches(value)) {
    report(`does not match regex pattern \`${pattern.source}\``);
  } else if (minLength !== undefined && !hasLength(value, minLength)) {
    report(`must be at least ${minLength} characters`);
  }
  return value;
}

export function decodeEnum(
  node: Resolved,
  { names, allowed = names }: EnumShape,
  place: FieldLocation,
  issues: DecodeIssues,
): string | Broken {
  if (node.kind !== 'scalar') {
    return issues.report('invalid-value', 'invalid enum value', locationOf(place, node));
  }
  const name = node.type === 'String' ? String(node.value) : names[Number(node.value ?? 0)];
  const isNumber = node.type === 'Integer' && name === undefined;
  if (!isNumber && (name === undefined || !names.includes(name))) {
    const near = closest(String(node.value), allowed);
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    const message = `invalid enum value "${String(node.value)}"${hint}`;
    return issues.report('invalid-value', message, locationOf(place, node));
  }
  if (name !== undefined && allowed.includes(name)) {
    return name;
  }
  const message = `${labelOf(place)}: must be one of [${[...allowed].sort().join(', ')}]`;
  return issues.report('invalid-value', message, { ...place, span: node });
}

export function decodeBoolean(node: Resolved, place: FieldLocation, issues: DecodeIssues): boolean | Broken {
  if (node.kind === 'scalar' && typeof node.value === 'boolean') {
    return node.value;
  }
  return issues.wrongType('boolean value', node, place);
}

/** A whole number that is not negative, as a number or as text. */
export function decodeInteger(node: Resolved, place: FieldLocation, issues: DecodeIssues): bigint | Broken {
  if (node.kind === 'scalar' && typeof node.value === 'bigint' && node.value >= 0n) {
    return node.value;
  }
  if (node.kind === 'scalar' && typeof node.value === 'string' && /^\d{1,20}$/.test(node.value)) {
    return BigInt(node.value);
  }
  return issues.report('wrong-type', `unexpected ${typeName(node)}`, locationOf(place, node));
}

export function decodeTimestamp(node: Resolved, place: FieldLocation, issues: DecodeIssues): string | Broken {
  if (node.kind !== 'scalar' || node.type !== 'String') {
    return issues.wrongType('string', node, place);
  }
  const value = String(node.value);
  if (isTimestamp(value)) {
    return value;
  }
  const message = `invalid timestamp value "${value}": use RFC 3339`;
  return issues.report('invalid-value', message, locationOf(place, node));
}

/** Counts code points only if the UTF-16 length leaves it open. */
export function hasLength(text: string, least: number): boolean {
  return text.length >= 2 * least || Array.from(text).length >= least;
}

function scalarText(node: YamlScalar): string | undefined {
  switch (node.type) {
    case 'String':
    case 'Literal':
    case 'Integer':
      return String(node.value);
    case 'Null':
      return '';
    case 'Bool':
      return node.text;
    case 'Float':
    case 'Infinity':
    case 'Nan':
      return undefined;
  }
}
