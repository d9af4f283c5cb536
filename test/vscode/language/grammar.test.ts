import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../tools';

// VS Code's own tokenizer and YAML grammar, with ours injected as the manifest says.

interface Grammar {
  tokenizeLine(
    line: string,
    state: unknown,
  ): {
    readonly ruleStack: unknown;
    readonly tokens: readonly {
      readonly startIndex: number;
      readonly endIndex: number;
      readonly scopes: readonly string[];
    }[];
  };
}
interface TextMate {
  readonly INITIAL: unknown;
  parseRawGrammar(text: string, file: string): unknown;
  readonly Registry: new (options: object) => { loadGrammar(scope: string): Promise<Grammar> };
}
interface Oniguruma {
  loadWASM(data: ArrayBufferLike): Promise<void>;
  readonly OnigScanner: new (patterns: string[]) => object;
  readonly OnigString: new (text: string) => object;
}
interface Contribution {
  readonly scopeName: string;
  readonly path: string;
  readonly injectTo?: readonly string[];
}

const vscodeFolder = path.join(root, '.vscode-test/tools/node_modules/code-server/lib/vscode');
const load = createRequire(path.join(vscodeFolder, 'package.json'));
let textMate: TextMate;
let yaml: Grammar;

beforeAll(async () => {
  textMate = load('vscode-textmate') as TextMate;
  const oniguruma = load('vscode-oniguruma') as Oniguruma;
  await oniguruma.loadWASM(readFileSync(load.resolve('vscode-oniguruma/release/onig.wasm')).buffer);
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    contributes: { grammars: readonly Contribution[] };
  };
  const files = new Map<string, string>();
  const builtIn = path.join(vscodeFolder, 'extensions/yaml/syntaxes');
  for (const name of readdirSync(builtIn)) {
    const file = path.join(builtIn, name);
    files.set((JSON.parse(readFileSync(file, 'utf8')) as { scopeName: string }).scopeName, file);
  }
  const { grammars } = manifest.contributes;
  for (const { scopeName, path: file } of grammars) {
    files.set(scopeName, path.join(root, file));
  }
  const registry = new textMate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns: string[]) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text: string) => new oniguruma.OnigString(text),
    }),
    loadGrammar: (scope: string) => {
      const file = files.get(scope);
      return Promise.resolve(
        file === undefined ? null : textMate.parseRawGrammar(readFileSync(file, 'utf8'), file),
      );
    },
    getInjections: (scope: string) =>
      grammars.filter(({ injectTo }) => injectTo?.includes(scope)).map(({ scopeName }) => scopeName),
  });
  yaml = await registry.loadGrammar('source.yaml');
});

/** The parts of a text that are taken for CEL, line by line. */
function celIn(text: string): string[] {
  const found: string[] = [];
  let state = textMate.INITIAL;
  for (const line of text.split('\n')) {
    const { tokens, ruleStack } = yaml.tokenizeLine(line, state);
    state = ruleStack;
    const cel = tokens
      .filter(({ scopes }) => scopes.includes('meta.embedded.inline.cel'))
      .map(({ startIndex, endIndex }) => line.slice(startIndex, endIndex))
      .join('');
    if (cel.trim() !== '') {
      found.push(cel.trim());
    }
  }
  return found;
}

const head = 'apiVersion: api.cerbos.dev/v1\nresourcePolicy:\n';

describe('CEL in a policy', () => {
  test.each([
    ['plain', '          expr: R.attr.owner == P.id', ['R.attr.owner == P.id']],
    ['in an item', '            - expr: P.id != ""', ['P.id != ""']],
    ['in single quotes', `          expr: '!V.x && P.id == "a"'`, ['!V.x && P.id == "a"']],
    ['in double quotes', '          expr: "P.id == \\"a\\""', ['P.id == \\"a\\"']],
    [
      'in a block',
      '          expr: >-\n            V.x &&\n\n            V.y\n      effect: EFFECT_ALLOW',
      ['V.x &&', 'V.y'],
    ],
    [
      'over several lines',
      '          expr: V.x &&\n            V.y\n      effect: EFFECT_ALLOW',
      ['V.x &&', 'V.y'],
    ],
    ['in outputs', `          ruleActivated: '{"by": P.id}'`, ['{"by": P.id}']],
    [
      'in variables',
      '  variables:\n    import: [a]\n    local:\n      x: P.id\n      y: R.id\n  constants:\n    local:\n      z: 1',
      ['P.id', 'R.id'],
    ],
    ['in braces', '    - condition: {match: {expr: R.attr.owner == P.id}}', ['R.attr.owner == P.id']],
    [
      'in quotes in braces',
      `    - output: {when: {ruleActivated: '{"by": P.id}', conditionNotMet: "R.b"}}`,
      ['{"by": P.id}R.b'],
    ],
    [
      'in lists in braces, over several lines',
      '        match: {all: {of: [{expr: V.a}, {expr: "V.b"}, # no\n            {"expr": \'P.id in ["a", "b"]\'}]}}',
      ['V.aV.b', 'P.id in ["a", "b"]'],
    ],
    [
      'in variables in braces',
      `  variables:\n    import: [a]\n    local: {x: P.id, y: '!R.id'}\n  constants:\n    local: {z: foo}`,
      ['P.id!R.id'],
    ],
    [
      'in variables that are all in braces',
      `  variables: {import: [a], local: {x: P.id}} # no\n  constants: {local: {z: foo}}`,
      ['P.id'],
    ],
  ])('CEL in a policy is highlighted %s', (_, text, expected) => {
    expect(celIn(head + text)).toEqual(expected);
    expect(celIn(`# A note\n${head}${text}`)).toEqual(expected);
    expect(celIn(`---\n${head}${text}`)).toEqual(expected);
  });

  test('CEL is highlighted in exported variables, in braces and below each other', () => {
    const exported = 'apiVersion: api.cerbos.dev/v1\nexportVariables:';
    expect(celIn(`${exported} {name: a, definitions: {x: P.id}}`)).toEqual(['P.id']);
    expect(celIn(`${exported}\n  name: a\n  definitions: {x: P.id}`)).toEqual(['P.id']);
    expect(celIn(`${exported}\n  name: a\n  definitions:\n    x: P.id`)).toEqual(['P.id']);
  });

  test('CEL ends with the quotes or braces that it stands in', () => {
    const text = `${head}  rules:\n    - condition: {match: {expr: "V.b"}}\n      name: "V.c"\n      actions: [a]`;
    expect(celIn(text)).toEqual(['V.b']);
  });

  test('CEL is not highlighted in other YAML, nor in what is no expression', () => {
    expect(celIn('groups:\n  - expr: rate(x[5m])\n')).toEqual([]);
    expect(celIn('groups: [{expr: rate}]\nvariables: {local: {x: P.id}}\n')).toEqual([]);
    expect(celIn(`${head}  resource: album\n  version: default\n# expr: P.id\n`)).toEqual([]);
    expect(celIn(`${head}  resource: album\n---\nkind: Pod\nexpr: P.id\n`)).toEqual([]);
  });
});
