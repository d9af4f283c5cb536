import type { RE2JS } from 're2js';
import { fail, Failure } from '../../values/failure';
import { quote } from '../../values/operations/format';
import { Optional } from '../../values/optional';
import { codePoints } from '../../values/text';
import { contextOverload, definer } from '../define';
import type { CallContext, FunctionDefinition, FunctionResult } from '../define';
import { regex } from '../regex';

const define = definer('regex');

/** A match: the texts of all groups, the whole first, and where it stands. */
interface Match {
  readonly groups: readonly (string | undefined)[];
  readonly start: number;
  readonly end: number;
}

/** All matches, as Go finds them: an empty one right after another does not count. */
function* findAll(pattern: RE2JS, text: string): Generator<Match> {
  const matcher = pattern.matcher(text);
  const groupCount = pattern.groupCount();
  let lastEnd = -1;
  while (matcher.find()) {
    const start = matcher.start();
    const end = matcher.end();
    if (start === end && start === lastEnd) {
      continue;
    }
    lastEnd = end;
    const groups: (string | undefined)[] = [];
    for (let group = 0; group <= groupCount; group++) {
      groups.push(matcher.group(group) ?? undefined);
    }
    yield { groups, start, end };
  }
}

function spendFor(context: CallContext, text: string, pattern: string): void {
  context.spend(((text.length + 1) * (pattern.length + 4)) / 40);
}

function compileOneGroup(context: CallContext, text: string, pattern: string): RE2JS | Failure {
  spendFor(context, text, pattern);
  const compiled = regex(pattern);
  if (!(compiled instanceof Failure) && compiled.groupCount() > 1) {
    return fail(`regular expression has more than one capturing group: ${quote(pattern)}`);
  }
  return compiled;
}

function extract(context: CallContext, text: string, pattern: string): FunctionResult {
  const compiled = compileOneGroup(context, text, pattern);
  if (compiled instanceof Failure) {
    return compiled;
  }
  for (const { groups } of findAll(compiled, text)) {
    if (groups.length === 1) {
      return Optional.of(groups[0] ?? '');
    }
    return groups[1] ? Optional.of(groups[1]) : Optional.none;
  }
  return Optional.none;
}

function extractAll(context: CallContext, text: string, pattern: string): FunctionResult {
  const compiled = compileOneGroup(context, text, pattern);
  if (compiled instanceof Failure) {
    return compiled;
  }
  const found: string[] = [];
  for (const { groups } of findAll(compiled, text)) {
    context.spend(1);
    if (groups.length === 1) {
      found.push(groups[0] ?? '');
    } else if (groups[1]) {
      found.push(groups[1]);
    }
  }
  return found;
}

function replace(
  context: CallContext,
  text: string,
  pattern: string,
  replacement: string,
  limit = -1n,
): FunctionResult {
  if (limit === 0n) {
    return text;
  }
  spendFor(context, text, pattern);
  const compiled = regex(pattern);
  if (compiled instanceof Failure) {
    return compiled;
  }
  let result = '';
  let at = 0;
  let count = 0n;
  for (const match of findAll(compiled, text)) {
    if (limit > 0n && count >= limit) {
      break;
    }
    const replaced = expand(replacement, match, compiled.groupCount());
    if (replaced instanceof Failure) {
      return replaced;
    }
    context.spend(replaced.length);
    result += text.slice(at, match.start) + replaced;
    at = match.end;
    count++;
  }
  return result + text.slice(at);
}

/** A replacement with `\1` to `\9` and `\0` replaced by groups; `\\` is a backslash. */
function expand(replacement: string, match: Match, groupCount: number): string | Failure {
  let result = '';
  const characters = codePoints(replacement);
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    if (character !== '\\') {
      result += character;
      continue;
    }
    const next = characters[++at];
    if (next === undefined) {
      return fail(`invalid replacement string: '${replacement}' \\ not allowed at end`);
    }
    if (next === '\\') {
      result += '\\';
    } else if (!/^[0-9]$/.test(next)) {
      return fail(`invalid replacement string: '${replacement}' \\ must be followed by a digit or \\`);
    } else if (Number(next) > groupCount) {
      return fail(`replacement string references group ${next} but regex has only ${groupCount} group(s)`);
    } else {
      result += match.groups[Number(next)] ?? '';
    }
  }
  return result;
}

/** The library of regular expressions (cel-go `ext.Regex`), in RE2's syntax and time bounds. */
export const regexFunctions: readonly FunctionDefinition[] = [
  define('regex.extract', [
    contextOverload(
      'regex_extract_string_string',
      'regex.extract(text: string, pattern: string): optional(string)',
      'The first match, or what its only group matched.',
      "regex.extract('user-17', '-([0-9]+)').value() // '17'",
      extract,
    ),
  ]),
  define('regex.extractAll', [
    contextOverload(
      'regex_extractAll_string_string',
      'regex.extractAll(text: string, pattern: string): list(string)',
      'All matches, or what their only group matched.',
      "regex.extractAll('a1b2', '[0-9]') // ['1', '2']",
      extractAll,
    ),
  ]),
  define('regex.replace', [
    contextOverload(
      'regex_replace_string_string_string',
      'regex.replace(text: string, pattern: string, replacement: string): string',
      'The text with all matches replaced. `\\1` in the replacement is what the first group matched.',
      "regex.replace('a1b2', '[0-9]', '#') // 'a#b#'",
      replace,
    ),
    contextOverload(
      'regex_replace_string_string_string_int',
      'regex.replace(text: string, pattern: string, replacement: string, count: int): string',
      'The text with the first so many matches replaced; all of them if the count is negative.',
      "regex.replace('a1b2', '[0-9]', '#', 1) // 'a#b2'",
      replace,
    ),
  ]),
];
