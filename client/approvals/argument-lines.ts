import type { JsonObject, JsonValue } from '../../server/protocol';
import type { Translate } from '../translate';
import { excerpt } from './visible-text';

const mostLines = 8;
const longestName = 40;
const longestValue = 160;

/** Arguments that say what is affected stand first, whatever order the agent sent them in. */
const tellingName =
  /path|file|folder|dir(?:ectory)?$|source|destination|target|ur[il]|host|repo|branch|command|script|query|sql|(?:^|[_-])(?:owner|name|id|to|from|amount|cmd)$/i;
const tellingValue = /^(?:[/~\\]|[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]*:\/\/)/;

/** One argument's value in one line; strings in quotes, so that they can't pass for anything else. */
export function argumentValue(value: JsonValue, longest = longestValue): string {
  return excerpt(JSON.stringify(value), longest);
}

function weight(name: string, value: JsonValue): number {
  if (typeof value === 'string' && tellingValue.test(value)) {
    return 0;
  }
  return tellingName.test(name) ? 1 : 2;
}

/** How much one line about a call has room for: of what tells what is affected, and of everything else. */
const summarized = { telling: longestValue, other: 40 } as const;

/**
 * The arguments in one line, telling ones first. `complete` is false if something is cut that a person has to see
 * before a yes to several calls at once; only long values of arguments that say nothing of that kind may be cut.
 */
export function argumentSummary(args: JsonObject): { readonly text: string; readonly complete: boolean } {
  const entries = byWeight(args);
  const shown = shownNames(entries.slice(0, mostLines));
  const parts = entries.slice(0, mostLines).map(({ name, value, weight }, index) => {
    const longest = weight < 2 ? summarized.telling : summarized.other;
    const whole = JSON.stringify(value);
    return {
      text: `${shown[index] ?? ''}: ${excerpt(whole, longest)}`,
      complete: name.length <= longestName && (weight === 2 || whole.length <= longest),
    };
  });
  return {
    text: parts.map(({ text }) => text).join(', '),
    complete: entries.length <= mostLines && parts.every(({ complete }) => complete),
  };
}

function byWeight(
  args: JsonObject,
): readonly { readonly name: string; readonly value: JsonValue; readonly weight: number }[] {
  return Object.entries(args)
    .map(([name, value], index) => ({ name, value, index, weight: weight(name, value) }))
    .sort((a, b) => a.weight - b.weight || a.index - b.index);
}

/** Names as they are shown, cut where they are long; those that look the same then are numbered. */
function shownNames(entries: readonly { readonly name: string }[]): readonly string[] {
  const taken = new Set<string>();
  return entries.map(({ name }) => {
    const short = excerpt(name, longestName);
    let shown = short;
    for (let count = 2; taken.has(shown); count++) {
      shown = `${short} (${count})`;
    }
    taken.add(shown);
    return shown;
  });
}

/**
 * The arguments for a dialog: a line each, telling ones first, long ones shortened. When there are too many, the
 * names of the rest are given, so that padding can't hide that something else is there.
 */
export function argumentLines(args: JsonObject, t: Translate): string[] {
  const sorted = byWeight(args);
  if (sorted.length === 0) {
    return [t('(no arguments)')];
  }
  const first = sorted.slice(0, mostLines);
  const shown = shownNames(first);
  const lines = first.map(({ value }, index) => `${shown[index] ?? ''}: ${argumentValue(value)}`);
  const rest = sorted.slice(mostLines);
  if (rest.length > 0) {
    const names = excerpt(rest.map(({ name }) => name).join(', '), longestValue);
    lines.push(t('… and {0} more: {1}', rest.length, names));
  }
  return lines;
}
