// YAML as people and attackers may write it: scalars in every style, with line breaks, tabs and ends that readers see
// differently, in places where policies, suites and fixtures carry values.
import type { Random } from '../../random';

const words = [
  'a',
  'hello',
  'to',
  'b c',
  'x-1',
  'päth',
  '😀',
  '#no',
  'c:d',
  'e,f',
  '[',
  '}',
  '*',
  '&',
  '%',
  "it's",
  '"q"',
  '\\',
];
const plainWords = [
  'a',
  'hello',
  'b c',
  'x-1',
  'päth',
  '😀',
  'a#b',
  'c:d',
  'x - y',
  '-1',
  '12',
  '0x1F',
  '1.50',
  'true',
  '~',
  'null',
  '.inf',
  '1e3',
  '0777',
  '+-5',
  '-_5',
  '1_000',
  '99999999999999999999',
  '1.5e400',
  '12345678901234567890',
  '-9223372036854775808',
  "it's",
  'a\\nb',
  '<<',
  '=',
  'y',
  '2024-01-01',
  '...x',
  '@a',
  '`b',
  '%c',
  '!d',
  '&e f',
  '*g',
  '? h',
  ': i',
  '- j',
  '| k',
  '> l',
];
const escapes = [
  '\\n',
  '\\t',
  '\\0',
  '\\a',
  '\\b',
  '\\v',
  '\\f',
  '\\r',
  '\\e',
  '\\ ',
  '\\"',
  '\\/',
  '\\\\',
  '\\N',
  '\\_',
  '\\L',
  '\\P',
  '\\x41',
  '\\xe9',
  '\\u00e9',
  '\\u2028',
  '\\ud83d\\ude00',
  '\\ud83d',
  '\\udc00',
  '\\U0001F600',
  '\\U00110000',
  '\\xzz',
  '\\u00',
  '\\q',
  "\\'",
  '\\\t',
  '\\\n',
  '\\\r\n',
  '\\\n   ',
];
const headers = [
  '|',
  '>',
  '|-',
  '>-',
  '|+',
  '>+',
  '|2',
  '>1',
  '|1-',
  '>-2',
  '|2+',
  '|4',
  '|-1',
  '|0',
  '|+-',
  '|10',
  '| # why',
  '>- # why',
  '|\t',
  '|  ',
  '| x',
  '|#x',
  '|--1',
];
const breaks = [
  '\n',
  '\n',
  '\n',
  '\n',
  '\n',
  '\r\n',
  '\r\n',
  '\r',
  '\x85',
  '\u2028',
  '\u2029',
  '\n\n',
  '\n \n',
  '\n\t\n',
  '\r\n\r\n',
  ' \n',
  '\t\n',
  '\n   \n',
  '\v',
  '\f',
];
const blanks = ['', '', '', '', ' ', '  ', '\t', ' \t'];

/** Something with a value, written for a place whose lines are indented by so many spaces. */
function scalar(random: Random, indent: number, isFlow: boolean): string {
  const kind = random.below(isFlow ? 10 : 16);
  if (kind < 3) {
    return doubleQuoted(random, indent);
  }
  if (kind < 5) {
    return singleQuoted(random, indent);
  }
  if (kind < 10) {
    return plain(random, indent);
  }
  return block(random, indent);
}

function doubleQuoted(random: Random, indent: number): string {
  const parts = Array.from({ length: random.below(5) }, () => {
    if (random.chance(0.35)) {
      return random.pick(escapes);
    }
    if (random.chance(0.3)) {
      return lineBreak(random, indent);
    }
    if (random.chance(0.2)) {
      return random.pick(blanks);
    }
    return random.pick(words).replaceAll(/["\\]/g, '');
  });
  return `"${parts.join('')}"${random.chance(0.1) ? random.pick([' ', '\t', ' # c', ' x', 'x', ' "y"', ',']) : ''}`;
}

function singleQuoted(random: Random, indent: number): string {
  const parts = Array.from({ length: random.below(5) }, () => {
    if (random.chance(0.3)) {
      return lineBreak(random, indent);
    }
    if (random.chance(0.2)) {
      return random.pick(blanks);
    }
    return random.pick(words).replaceAll("'", "''");
  });
  return `'${parts.join('')}'${random.chance(0.1) ? random.pick([' ', '\t', ' # c', ' x']) : ''}`;
}

function plain(random: Random, indent: number): string {
  let text = random.pick(plainWords);
  while (random.chance(0.3)) {
    const between = random.chance(0.5)
      ? lineBreak(random, indent)
      : random.pick([' ', '  ', '\t', ' \t ', ' #', '#']);
    text += between + random.pick(plainWords);
  }
  return text + (random.chance(0.2) ? random.pick([' ', '\t', ' # c', '\t# c', '#']) : '');
}

function block(random: Random, indent: number): string {
  const deeper = random.chance(0.9) ? indent : Math.max(0, indent - random.below(3));
  let text = random.pick(headers);
  const first = ' '.repeat(deeper + random.pick([0, 0, 0, 0, 1, 3]));
  const lines = random.below(5);
  for (let line = 0; line < lines; line++) {
    const start = random.chance(0.75)
      ? ' '.repeat(deeper)
      : random.pick([first, `${first} `, '', '\t', ' ', `${first}\t`]);
    const content = random.chance(0.8) ? random.pick(words) : random.pick(['', '# c', '- a', 'a: b', 'x']);
    text += random.pick(breaks) + start + content + random.pick(blanks);
  }
  return text;
}

function lineBreak(random: Random, indent: number): string {
  const spaces = random.chance(0.8)
    ? ' '.repeat(indent)
    : random.pick(['', ' ', '\t', `${' '.repeat(indent)}\t`]);
  return random.pick(breaks) + spaces;
}

/** A value for a key that stands behind so many spaces, with what stands before it in its line. */
export function value(random: Random, indent: number): string {
  const inner = ' '.repeat(indent);
  const deep = indent + 2;
  switch (random.below(14)) {
    case 0:
      return ` {k: ${scalar(random, deep, true)}}`;
    case 1:
      return ` [${scalar(random, deep, true)}, ${scalar(random, deep, true)}]`;
    case 2:
      return `\n${inner}  - ${scalar(random, deep + 2, false)}\n${inner}  - ${scalar(random, deep + 2, false)}`;
    case 3:
      return `\n${inner}- ${scalar(random, deep, false)}`;
    case 4:
      return `\n${inner}  k: ${scalar(random, deep + 2, false)}\n${inner}  l: ${scalar(random, deep + 2, false)}`;
    case 5:
      return ` ${random.pick(['!!str', '!!int', '!t', '!!float', '!!null', '!', '&n', '&n !!str'])} ${scalar(random, deep, false)}`;
    case 6:
      return ` {${random.pick(['"k"', 'k ', "'k'", 'k', '"k\\t"'])}:${random.pick([' ', '', '\t'])}${scalar(random, deep, true)}, l: ${random.pick(['1', '"x"', '[a:b]'])}}`;
    case 7:
      return `\n${inner}  m: &m ${scalar(random, deep + 2, false)}\n${inner}  n: *m`;
    case 8:
      return `\n${inner}  m: &m {k: ${scalar(random, deep, true)}}\n${inner}  n:\n${inner}    <<: *m\n${inner}    l: 1`;
    case 9:
      return `${random.pick(['', '  ', '\t', ' # c'])}\n${inner}  ${scalar(random, deep, false)}`;
    default:
      return ` ${scalar(random, deep, false)}`;
  }
}

/** How a file may end behind its last value. */
export function ending(random: Random): string {
  return random.pick([
    '',
    '',
    '',
    '\n',
    '\n',
    ' ',
    '  ',
    ' \n',
    '\n\n',
    '\n  \n',
    '\t',
    '\r\n',
    '\r',
    '\n# c',
    '\n# c\n',
    '\n...',
    '\n...\n',
  ]);
}
