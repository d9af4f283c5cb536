import type { JsonObject, JsonValue } from '../../protocol';
import { isJsonObject } from '../../protocol';
import { noEvidence } from './effect';
import type { CallEvidence, Evidence } from './effect';
import { nameEvidence } from './name';
import { lettersOf } from './words';

/** Arguments whose value says which of its effects a general tool is to have. Compared without case and separators. */
const selectors = new Set([
  'method',
  'mode',
  'action',
  'operation',
  'op',
  'verb',
  'subcommand',
  'task',
  'kind',
]);

/** Switches that let a call lose more than it would without. */
const losing = new Set([
  'force',
  'forced',
  'overwrite',
  'override',
  'recursive',
  'hard',
  'permanent',
  'permanently',
  'cascade',
  'purge',
  'truncate',
  'deleteextra',
  'allowdestructive',
  'skiptrash',
  'skipconfirmation',
  'ignoreerrors',
]);

/** Values longer than this are no choices. */
const longestChoice = 48;

/**
 * The effect that a call's top-level arguments choose: `{method: "delete"}`, `{force: true}`. Where the tool's schema
 * lists the values that an argument can have, that argument chooses, too, whatever it is called.
 * @param schema the tool's accepted input schema
 */
export function selectingArguments(args: JsonObject, schema: JsonObject | undefined): CallEvidence {
  const evidence: Evidence[] = [];
  let loses = false;
  let chosen = false;
  for (const [name, value] of Object.entries(args)) {
    const plain = lettersOf(name);
    if (typeof value === 'string' && value.length <= longestChoice) {
      const named = selectors.has(plain);
      if (named || hasEnum(schema, name)) {
        const choice = nameEvidence(value, undefined);
        // A list of values that happen to be verbs (`sort: "updated"`) says nothing worse than what it is named after.
        const counts = named ? choice.evidence : choice.evidence.filter(({ kind }) => grave.has(kind));
        evidence.push(
          ...counts.map(({ kind }) => ({ kind, from: 'argument' as const, text: says(name, value) })),
        );
        loses ||= counts.length > 0 && choice.loses;
        chosen ||= named && counts.length > 0;
      }
    } else if (value === true && losing.has(plain)) {
      loses = true;
      evidence.push({ kind: 'change', from: 'argument', text: says(name, 'true') });
    }
  }
  return evidence.length === 0
    ? noEvidence
    : { evidence, loses, covers: chosen ? 'kind' : 'some', targets: [] };
}

const grave: ReadonlySet<string> = new Set(['delete', 'execute', 'permit']);

function says(name: string, value: string): string {
  return `the argument "${name}" says "${value}"`;
}

function hasEnum(schema: JsonObject | undefined, name: string): boolean {
  const properties: JsonValue | undefined = schema?.['properties'];
  if (!isJsonObject(properties) || !Object.hasOwn(properties, name)) {
    return false;
  }
  const member = properties[name];
  return isJsonObject(member) && Array.isArray(member['enum']);
}
