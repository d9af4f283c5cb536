import type { Call, Expr } from '../ast';
import { parseFormat, verbProblems } from '../functions/format-string';
import type { CelIssue } from '../issue';
import { formatType } from '../types';
import type { CelType } from '../types';
import type { CheckResult } from './check-result';

/** The kinds of values that each verb of a format accepts. */
const accepted: Readonly<Record<string, ReadonlySet<string>>> = {
  s: new Set('list map int uint double bool string timestamp bytes duration type null_type'.split(' ')),
  d: new Set(['int', 'uint', 'double']),
  f: new Set(['int', 'uint', 'double']),
  e: new Set(['int', 'uint', 'double']),
  b: new Set(['bool', 'int', 'uint']),
  x: new Set(['int', 'uint', 'string', 'bytes']),
  X: new Set(['int', 'uint', 'string', 'bytes']),
  o: new Set(['int', 'uint']),
};

/** Checks `'…'.format([…])` where the format and the list are written out. */
export function validateFormat(call: Call, checked: CheckResult): CelIssue | undefined {
  const format = call.target?.kind === 'literal' ? call.target.value : undefined;
  const [list] = call.args;
  if (call.name !== 'format' || typeof format !== 'string' || list?.kind !== 'list') {
    return undefined;
  }
  const issue = (message: string, node: Expr): CelIssue => ({
    code: 'invalid-format',
    message,
    range: node.range,
    position: node.position,
  });
  const { parts, error } = parseFormat(format);
  let index = 0;
  for (const part of parts) {
    if (typeof part === 'string') {
      continue;
    }
    const argument = list.elements[index];
    if (!argument) {
      return issue(`index ${index} out of range`, call);
    }
    const wrong =
      part.verb === 's' ? unshowable(argument, checked) : unacceptable(part.verb, argument, checked);
    if (wrong) {
      const given = typeName(checked.typeOf(wrong));
      return issue(
        `error during formatting: ${verbProblems[part.verb] ?? part.verb}, was given ${given}`,
        wrong,
      );
    }
    index++;
  }
  if (error !== undefined) {
    const missing = index >= list.elements.length && error !== 'unexpected end of string';
    return issue(missing ? `index ${index} out of range` : error, call);
  }
  if (list.elements.length > index) {
    const counts = `expected ${index}, got ${list.elements.length}`;
    return issue(`too many arguments supplied to string.format (${counts})`, call);
  }
  return undefined;
}

function unacceptable(verb: string, node: Expr, checked: CheckResult): Expr | undefined {
  const type = checked.typeOf(node);
  return !type || type.kind === 'dyn' || accepted[verb]?.has(kindOf(type)) ? undefined : node;
}

/** The part of an argument that `%s` cannot show, looking into lists and maps that are written out. */
function unshowable(node: Expr, checked: CheckResult): Expr | undefined {
  const wrong = unacceptable('s', node, checked);
  if (wrong) {
    return wrong;
  }
  const parts =
    node.kind === 'list'
      ? node.elements
      : node.kind === 'map'
        ? node.entries.flatMap((entry) => [entry.key, entry.value])
        : [];
  for (const part of parts) {
    const found = unshowable(part, checked);
    if (found) {
      return found;
    }
  }
  return undefined;
}

function kindOf(type: CelType): string {
  if (type.kind === 'wrapper') {
    return kindOf(type.of);
  }
  return type.kind === 'primitive' || type.kind === 'named' ? type.name : type.kind;
}

function typeName(type: CelType | undefined): string {
  if (!type || type.kind === 'primitive' || type.kind === 'dyn') {
    return type ? formatType(type) : 'dyn';
  }
  return kindOf(type);
}
