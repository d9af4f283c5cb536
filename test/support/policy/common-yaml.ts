// YAML texts of the form that most policies have, and texts a few keystrokes away from it.
import { Random } from '../../random';

const plain = [
  'a',
  'R.attr.x == "y"',
  'a:b',
  'a#b',
  '-1',
  '0x1F',
  '1.50',
  'true',
  '~',
  'null',
  'x - y',
  "it's",
  'päth',
  'a  b',
];
const flowPlain = ['a', 'view', '-1', 'null', 'x.y == z', 'a:b', 'mailto://x', 'f("b:c")', '*', 'é'];
const quoted = [
  '"a"',
  '""',
  '"a: b, [c]"',
  '"\\"a\\" \\\\ \\n\\t"',
  "''",
  "'it''s'",
  "'a # b'",
  '"é"',
  '"{"',
];
const keys = ['a', 'expr', 'two words', '"quoted key"', "'k'", '5', 'null', 'a-b', 'é'];
const typed = [
  ...[
    '\n',
    ' ',
    '  ',
    '- ',
    ': ',
    ':',
    '#',
    ' # c\n',
    '# c\n',
    '    # c\n',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ',',
    '|',
    '>',
  ],
  ...[
    '-',
    '\n\n',
    '*a',
    '&a ',
    '!t ',
    '? ',
    '---\n',
    '...\n',
    '\\',
    '//',
    '<<',
    '\t',
    '\r\n',
    '%',
    '@',
    '\ufeff',
    '\u2028',
  ],
];

/** So many texts; a third has no mistake of typing, the others have one or two. */
export function* yamlTexts(seed: number, count: number): Generator<string> {
  const random = new Random(seed);
  for (let index = 0; index < count; index++) {
    yield mistyped(random, commonYaml(random), index % 3);
  }
}

/** A mapping of mappings, sequences and scalars of every style, with comments and blank lines between. */
function commonYaml(random: Random): string {
  const head = random.pick(['', '', '', '---\n', '# c\n', '\n# c\n\n---\n', '--- # c\n']);
  const text = head + mapping(random, 0, 3);
  return random.chance(0.2) ? text.trimEnd() : text;
}

/** The text after so many edits that somebody may make in it. */
function mistyped(random: Random, text: string, edits: number): string {
  let edited = text;
  for (let edit = 0; edit < edits; edit++) {
    const at = random.below(edited.length + 1);
    const lines = edited.split('\n');
    const line = random.below(lines.length);
    switch (random.below(4)) {
      case 0:
        edited = edited.slice(0, at) + edited.slice(at + 1 + random.below(3));
        break;
      case 1:
        lines.splice(line, 1);
        edited = lines.join('\n');
        break;
      case 2:
        lines[line] = ' '.repeat(random.below(8)) + (lines[line] ?? '').trimStart();
        edited = lines.join('\n');
        break;
      default:
        edited = edited.slice(0, at) + random.pick(typed) + edited.slice(at);
    }
  }
  return edited;
}

function mapping(random: Random, indent: number, depth: number): string {
  const entries = Array.from({ length: 1 + random.below(3) }, (_, index) => {
    const before = index === 0 ? '' : trivia(random, indent) + ' '.repeat(indent);
    return `${before}${random.pick(keys)}:${value(random, indent, depth, indent)}`;
  });
  return entries.join('');
}

function sequence(random: Random, indent: number, depth: number): string {
  const items = Array.from({ length: 1 + random.below(3) }, (_, index) => {
    const before = (index === 0 ? '' : trivia(random, indent)) + ' '.repeat(indent);
    const space = ' '.repeat(1 + random.below(2));
    const isMapping = depth > 0 && random.chance(0.4);
    const item = isMapping
      ? mapping(random, indent + 1 + space.length, depth - 1)
      : inline(random, indent).trimStart();
    return `${before}-${space}${item}`;
  });
  return items.join('');
}

/** The text behind the colon of a key, with its line breaks. */
function value(random: Random, indent: number, depth: number, parent: number): string {
  if (depth === 0 || random.chance(0.5)) {
    return inline(random, parent);
  }
  const lineEnd = `${random.pick(['', '', ' ', ' # c'])}\n${trivia(random, indent)}`;
  if (random.chance(0.4)) {
    const column = indent + random.pick([0, 2, 2]);
    return lineEnd + sequence(random, column, depth - 1);
  }
  const column = indent + 1 + random.below(3);
  return lineEnd + ' '.repeat(column) + mapping(random, column, depth - 1);
}

function inline(random: Random, parent: number): string {
  if (random.chance(0.2)) {
    return ` ${block(random, parent)}`;
  }
  const text = random.chance(0.4) ? flow(random, 3) : random.pick(random.chance(0.5) ? plain : quoted);
  return ` ${text}${random.pick(['', '', '', ' ', ' # c'])}\n`;
}

function block(random: Random, parent: number): string {
  const indent = parent + 1 + random.below(3);
  const lines = Array.from({ length: 1 + random.below(4) }, (_, index) => {
    const extra = index > 0 && random.chance(0.2) ? 2 : 0;
    const blank = index > 0 && random.chance(0.15) ? '\n' : '';
    return `${blank}${' '.repeat(indent + extra)}${random.pick(plain)}\n`;
  });
  return (
    random.pick(['|', '|-', '>', '>-', '|+', '>2', '| ']) +
    '\n' +
    lines.join('') +
    random.pick(['', '', '\n'])
  );
}

function flow(random: Random, depth: number): string {
  const kind = random.below(depth > 0 ? 4 : 2);
  if (kind < 2) {
    return random.pick(kind === 0 ? flowPlain : quoted);
  }
  const count = random.below(3);
  const padding = random.pick(['', '', ' ']);
  const items = Array.from({ length: count }, () => {
    const item = flow(random, depth - 1);
    return kind === 2 ? item : `${random.pick(keys)}: ${item}`;
  });
  const inner = padding + items.join(random.pick([', ', ',', ' , '])) + padding;
  return kind === 2 ? `[${inner}]` : `{${inner}}`;
}

/** Comments and blank lines, indented as the lines around them, or otherwise. */
function trivia(random: Random, indent: number): string {
  const column = Math.max(0, indent + random.pick([0, 0, -2, 2, -indent]));
  return random.pick([
    '',
    '',
    '',
    '',
    '\n',
    `${' '.repeat(column)}# c\n`,
    `\n${' '.repeat(column)}# c\n\n`,
    '  \n',
  ]);
}
