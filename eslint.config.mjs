// Type-aware lint with no warnings, and the layer rule of the architecture: who may import whom.
import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';
import { house } from './scripts/lint-rules.mjs';

/** The layers, and for each those that it may import besides itself. */
const layers = {
  protocol: [],
  cel: [],
  policy: ['cel', 'protocol'],
  guard: ['policy', 'cel', 'protocol'],
  language: ['policy', 'cel', 'protocol'],
  cli: ['guard', 'language', 'policy', 'cel', 'protocol'],
  client: ['protocol'],
};
/** The layers with a public API, and the modules that are it: nobody else reaches past them. */
const publicApi = {
  cel: 'index.ts',
  policy: '{index,folder,tokens,decision-points}.ts',
  protocol: 'index.ts',
};

/** One word for a test. */
const testNotIt = { name: 'vitest', importNames: ['it'], message: 'A test is declared with `test`.' };

const folderOf = (layer) => (layer === 'client' ? 'client' : `server/${layer}`);
/** The modules that layers without a public API start with. */
const entryPoints = { guard: 'main.ts', language: 'main.ts', cli: 'main.ts', client: 'extension.ts' };
/** Helpers of tests, one folder for each layer: they may reach inside, and only tests may import them. */
const support = { element: { type: 'support' } };
const target = (layer) => ({
  element: layer in publicApi ? { type: layer, fileInternalPath: publicApi[layer] } : { type: layer },
});
/** A layer as tests see it that do not sit beside its code. */
const fromOutside = (layer) => ({
  element: { type: layer, fileInternalPath: { ...publicApi, ...entryPoints }[layer] },
});

/**
 * The rule of the layers.
 * @param shared what every layer may import besides
 */
const layerRule = (...shared) => ({
  'boundaries/dependencies': [
    'error',
    {
      default: 'disallow',
      message:
        'The layer {{from.element.type}} may not import {{to.path}}: see the layers in eslint.config.mjs.',
      policies: Object.entries(layers).map(([layer, others]) => ({
        from: { element: { type: layer } },
        allow: { to: [{ element: { type: layer } }, ...others.map(target), ...shared] },
      })),
    },
  ],
});

/** Tests under test/ see a layer as its users do; what has to reach inside is a helper in test/support. */
const testRule = {
  'boundaries/dependencies': [
    'error',
    {
      default: 'disallow',
      message:
        'A test may import {{to.path}} only if it sits beside it: import the public index, or a helper in test/support.',
      policies: [
        {
          from: { element: { type: 'tests' } },
          allow: { to: [{ element: { type: 'tests' } }, support, ...Object.keys(layers).map(fromOutside)] },
        },
      ],
    },
  ],
};

export default tseslint.config(
  {
    ignores: ['dist/', 'out/', 'node_modules/', '.vscode-test/', 'test/fixtures/', 'test-results/', 'demo/'],
  },
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { house },
    rules: { 'house/docstrings': 'error' },
  },
  {
    files: ['**/*.{ts,mts}'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/explicit-member-accessibility': ['error', { accessibility: 'no-public' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Its search for classes does not end in recursive types such as CEL's values (typescript-eslint 8.73).
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
      curly: 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
        { selector: 'ExportAllDeclaration[exported=null]', message: 'Name what is exported.' },
      ],
    },
  },
  {
    files: ['{client,server,test}/**/*.ts'],
    plugins: { boundaries },
    settings: {
      'import/resolver': { node: { extensions: ['.ts', '.js', '.json'] } },
      'boundaries/root-path': import.meta.dirname,
      'boundaries/elements': [
        ...Object.keys(layers).map((layer) => ({ type: layer, pattern: folderOf(layer) })),
        { type: 'support', pattern: 'test/support' },
        { type: 'tests', pattern: 'test' },
        // From the root on: test/support/client is no part of client.
      ].map((element) => ({ ...element, partialMatch: false })),
    },
  },
  {
    files: ['client/**/*.ts', 'server/**/*.ts'],
    rules: { 'boundaries/no-unknown-dependencies': 'error', ...layerRule() },
  },
  {
    files: ['{client,server}/**/*.test.ts'],
    rules: layerRule(support),
  },
  {
    files: ['test/**/*.ts'],
    ignores: ['test/support/**'],
    rules: testRule,
  },
  {
    files: ['**/*.test.ts', 'test/**/*.ts'],
    rules: {
      'house/test-titles': 'error',
      'no-restricted-imports': ['error', testNotIt],
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-console': 'off',
    },
  },
  {
    files: ['server/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { name: 'vscode', message: 'server/ runs outside the extension host.' },
        testNotIt,
      ],
    },
  },
  {
    // What decides is told of the process, the clock and the environment that it runs in.
    files: [
      'server/guard/{classify,decide,facts,forward,json,paths,pending,receive,relay,replay,request}/**/*.ts',
    ],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': ['error', { name: 'process', message: 'Take it as an option (run.ts).' }],
    },
  },
  {
    files: ['vitest.config.mts', 'test/**/vitest.config.{ts,mts}'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.{js,mjs}'],
    extends: [tseslint.configs.disableTypeChecked],
  },
);
