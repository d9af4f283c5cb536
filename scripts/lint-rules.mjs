// Rules of the house for words, as an ESLint plugin: docstrings and titles of tests.

/** Words with which no sentence begins: it would lack its subject, which then is in a `describe` only. */
const noBeginning = new Set(
  [
    'is are was were has have had does do did can may must will not',
    'and but or nor of that which whose because unless until',
    'accepts allows asks denies finds gives hides ignores keeps lets makes refuses rejects',
    'says sends shows takes tells throws',
  ].flatMap((words) => words.split(' ')),
);

/** @type {import('eslint').Rule.RuleModule} */
const docstrings = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      paraphrase:
        'A docstring says shape, units, errors or why. One that begins with "{{word}}" mostly paraphrases the name.',
    },
  },
  create({ report, sourceCode }) {
    return {
      Program() {
        for (const comment of sourceCode.getAllComments()) {
          const word = /^\*[\s*]*(What|Whether)\b/.exec(comment.value)?.[1];
          if (comment.type === 'Block' && word !== undefined) {
            report({ loc: comment.loc, messageId: 'paraphrase', data: { word } });
          }
        }
      },
    };
  },
};

/** The name with which a call begins: `test` for `test('…')`, `test.each([…])('…')` and the like. */
function calledName(callee) {
  switch (callee.type) {
    case 'Identifier':
      return callee.name;
    case 'MemberExpression':
      return calledName(callee.object);
    case 'CallExpression':
      return calledName(callee.callee);
    case 'TaggedTemplateExpression':
      return calledName(callee.tag);
    default:
      return undefined;
  }
}

/** The text of a literal title; a value in a template counts as a word. */
function titleOf(node) {
  if (node?.type === 'Literal' && typeof node.value === 'string') {
    return node.value;
  }
  return node?.type === 'TemplateLiteral'
    ? node.quasis.map(({ value }) => value.cooked ?? '').join('%s')
    : undefined;
}

/** @type {import('eslint').Rule.RuleModule} */
const testTitles = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      short: 'The title of a test is a sentence: it has at least three words, with values in their places.',
      subject: 'The title of a test names its subject: "{{word}}" begins no sentence that stands alone.',
    },
  },
  create({ report }) {
    return {
      CallExpression({ arguments: [first, second], callee }) {
        const title = titleOf(first);
        if (title === undefined || second === undefined || calledName(callee) !== 'test') {
          return;
        }
        const words = title.split(/\s+/).filter((word) => word !== '');
        const written = words.filter((word) => /\p{L}/u.test(word.replace(/%[a-z]|\$[\w.]+/g, '')));
        if (words.length < 3 || written.length < 2) {
          report({ node: first, messageId: 'short' });
        } else if (noBeginning.has(words[0])) {
          report({ node: first, messageId: 'subject', data: { word: words[0] } });
        }
      },
    };
  },
};

/** @type {import('eslint').ESLint.Plugin} */
export const house = { rules: { docstrings, 'test-titles': testTitles } };
