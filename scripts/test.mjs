// Everything that must hold, from a bare clone: format, types, lint, circles, bundles, unit, differential,
// conformance, and a real VS Code. Every step runs, whatever came of the ones before.
//   node scripts/test.mjs [STEP…]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { bootstrap, root, toolEnvironment } from './bootstrap.mjs';

const reports = path.join(root, 'test-results');
const bin = (name, file) => path.join(root, 'node_modules', name, file);
const prettier = bin('prettier', 'bin/prettier.cjs');
const tsc = bin('typescript', 'bin/tsc');
const eslint = bin('eslint', 'bin/eslint.js');
const vitest = bin('vitest', 'vitest.mjs');

/** The steps in their order. A step with `tests` is a run of Vitest and counts its tests; others count as one. */
const steps = [
  { name: 'tools', args: ['scripts/tools.mjs', 'cerbos', 'vscode'] },
  { name: 'format', args: [prettier, '--check', '--log-level=warn', '.'] },
  { name: 'types', args: [tsc, '-p', '.'] },
  { name: 'types vscode', args: [tsc, '-p', 'test/vscode'] },
  { name: 'lint', args: [eslint, '--max-warnings', '0', '.'] },
  { name: 'circles', args: ['scripts/cycles.mjs'] },
  { name: 'package', args: ['scripts/package.mjs'] },
  { name: 'unit', tests: 'vitest.config.mts' },
  { name: 'cel', tests: 'test/cel/vitest.config.mts' },
  { name: 'differential', tests: 'test/differential/vitest.config.mts' },
  { name: 'conformance', tests: 'test/conformance/vitest.config.mts' },
  { name: 'vscode', tests: 'test/vscode/vitest.config.mts' },
];

function execute(args) {
  return (
    spawnSync(process.execPath, args, { cwd: root, env: toolEnvironment(), stdio: 'inherit' }).status === 0
  );
}

/** Runs one Vitest configuration; a run that fails without a failed test, and a skipped test, count as failed. */
function runTests(name, config) {
  const report = path.join(reports, `${name}.json`);
  rmSync(report, { force: true });
  const ended = execute([
    vitest,
    'run',
    ...['--config', config],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  ]);
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  const skipped = numPendingTests + numTodoTests;
  if (skipped > 0) console.error(`${name}: ${skipped} tests were skipped, which counts as failed.`);
  const failed = numFailedTests + skipped;
  return { passed: numPassedTests, failed: ended ? failed : Math.max(failed, 1) };
}

function runStep({ name, args, tests }) {
  console.log(`\n── ${name}`);
  const started = performance.now();
  const counted = tests
    ? runTests(name, tests)
    : execute(args)
      ? { passed: 1, failed: 0 }
      : { passed: 0, failed: 1 };
  return { name, ...counted, seconds: (performance.now() - started) / 1000 };
}

bootstrap();
mkdirSync(reports, { recursive: true });
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(
    `No such step: ${unknown.join(', ')}. There are ${steps.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(1);
}
const results = steps.filter(({ name }) => wanted.length === 0 || wanted.includes(name)).map(runStep);

console.log();
for (const { name, passed, failed, seconds } of results) {
  const counts = `${String(passed).padStart(6)} passed ${String(failed).padStart(4)} failed`;
  console.log(
    `${failed === 0 ? ' ok ' : 'FAIL'}  ${name.padEnd(14)}${counts} ${seconds.toFixed(1).padStart(8)} s`,
  );
}
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') === 0 ? 0 : 1;
