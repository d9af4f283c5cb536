// Names that only have in common with usual ones that Cerbos allows them.
import { sanitize } from '../../../support/policy/names';
import type { Random } from '../../../random';
import { vocabularyOf } from './vocabulary';
import type { Use, Vocabulary } from './vocabulary';

/** Separators with which programs join names. */
const separators = [
  '\u0000',
  '\u0001',
  '\t',
  '\n',
  ' ',
  ',',
  ';',
  '/',
  '|',
  '#',
  ':',
  '.',
  '-',
  '_',
  '@',
  '=',
  '&',
  '+',
  '\u001f',
  '\u2028',
] as const;
/** Those that programs take most often. */
const commonSeparators = ['\u0000', ',', '/', ':', ' '] as const;
const quotes = ['"', "'", '`', '\\', '\\n', '\\u0041'] as const;
const beyondAscii = [
  'é',
  'e\u0301',
  'ß',
  'İ',
  '日本',
  '👩‍🚀',
  '\u200b',
  '\ufeff',
  '\u0085',
  '\u00a0',
  '\uffff',
];
const markup = [
  '%s',
  '$1',
  '<b>',
  '~',
  '(',
  '^',
  '\u007f',
  '- ',
  ': ',
  ' #',
  '&a',
  '<<',
  '__proto__',
] as const;
/** Characters that mean something in globs. */
const globs = ['?', '!', '[a]', '{b,c}', '{', ']'] as const;

/** A vocabulary of which about half is odd. */
export function oddNames(random: Random): Vocabulary {
  const taken = new Set<string>();
  return vocabularyOf((name, use) => {
    if (random.chance(0.5)) {
      return name;
    }
    for (;;) {
      const made = altered(random, name, fragments[use](random));
      // Kinds and principals that differ only in characters that Cerbos replaces have policies of the same name.
      const key = `${use} ${sanitize(made)}`;
      if (taken.has(key)) {
        continue;
      }
      taken.add(key);
      return made;
    }
  });
}

type PickFragment = (random: Random) => string;

const anything: PickFragment = (random) =>
  random.pick(random.pick<readonly string[]>([separators, quotes, beyondAscii, markup]));
const anythingAndGlobs: PickFragment = (random) =>
  random.chance(0.1) ? random.pick(globs) : anything(random);
const fragments: Readonly<Record<Use, PickFragment>> = {
  kind: anything,
  principal: anything,
  role: anything,
  action: anythingAndGlobs,
  id: anythingAndGlobs,
};

function altered(random: Random, name: string, fragment: string): string {
  const characters = Array.from(name);
  const middle = 1 + random.below(characters.length - 1 || 1);
  return random.pick([
    `${fragment}${name}`,
    `${name}${fragment}`,
    characters.toSpliced(middle, 0, fragment).join(''),
    `${name}${fragment}${name}`,
  ]);
}

/** The first character, whole. */
export function firstOf(name: string): string {
  return Array.from(name)[0] ?? '';
}

/** A name that is close to another one, without being it. */
export function nearName(random: Random, name: string): string {
  return random.pick([
    name.toUpperCase(),
    sanitize(name),
    name.normalize('NFD'),
    name.trim() === name ? ` ${name}` : name.trim(),
    `${name} `,
    `${name}${random.pick(separators)}`,
    `${firstOf(name)}*`,
    '*',
    altered(random, name, random.pick(globs)),
    altered(random, name, anything(random)),
  ]);
}

/** Several names as one, as a program might remember them. */
export function joined(random: Random, names: readonly string[]): string {
  return names.join(random.chance(0.6) ? random.pick(commonSeparators) : random.pick(separators));
}
