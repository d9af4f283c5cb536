// Everything that must hold, from a bare clone: format, types, lint, circles, what is unused, bundles, unit, differential,
// conformance, and a real VS Code. Every step runs, whatever came of the ones before; steps that keep one core busy run
// beside each other, and what one of them prints is shown when it has ended.
//   node scripts/test.mjs [STEP…]
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { bootstrap, root, toolEnvironment } from './bootstrap.mjs';
import { runBesideEachOther } from './schedule.mjs';

const reports = path.join(root, 'test-results');
const bin = (name, file) => path.join(root, 'node_modules', name, file);
const prettier = bin('prettier', 'bin/prettier.cjs');
const tsc = bin('typescript', 'bin/tsc');
const eslint = bin('eslint', 'bin/eslint.js');
const vitest = bin('vitest', 'vitest.mjs');

/**
 * The steps in their order. A step with `tests` is a run of Vitest and counts its tests; others count as one. Those
 * with `cores: 'all'` keep all cores busy by themselves; the longest of the others comes first.
 */
const steps = [
  { name: 'tools', args: ['scripts/tools.mjs', 'cerbos', 'vscode'] },
  { name: 'package', args: ['scripts/package.mjs'] },
  { name: 'vscode', tests: 'test/vscode/vitest.config.mts', after: ['tools', 'package'] },
  { name: 'format', args: [prettier, '--check', '--log-level=warn', '.'] },
  { name: 'types', args: [tsc, '-p', '.'] },
  { name: 'types vscode', args: [tsc, '-p', 'test/vscode'] },
  { name: 'lint', args: [eslint, '--max-warnings', '0', '.'] },
  { name: 'circles', args: ['scripts/cycles.mjs'] },
  { name: 'unused', args: ['scripts/unused.mjs'] },
  { name: 'conformance', tests: 'test/conformance/vitest.config.mts', after: ['tools'] },
  { name: 'unit', tests: 'vitest.config.mts', cores: 'all', after: ['tools'] },
  { name: 'cel', tests: 'test/cel/vitest.config.mts', cores: 'all', after: ['tools'] },
  { name: 'differential', tests: 'test/differential/vitest.config.mts', cores: 'all', after: ['tools'] },
];

/** The processes of the steps that run now; they end with this one. */
const children = new Set();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    children.forEach((child) => child.kill(signal));
    process.exit(1);
  });
}

/** @returns whether it succeeded, and all that it printed */
function execute(args) {
  return new Promise((resolve) => {
    const output = [];
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: toolEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => output.push(Buffer.from(`${error.message}\n`)));
    child.on('close', (code) => {
      children.delete(child);
      resolve({ ok: code === 0, output: Buffer.concat(output).toString('utf8') });
    });
  });
}

/** Runs one Vitest configuration; a run that fails without a failed test, and a skipped test, count as failed. */
async function runTests(name, config) {
  const report = path.join(reports, `${name}.json`);
  rmSync(report, { force: true });
  const { ok, output } = await execute([
    vitest,
    'run',
    ...['--config', config],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  ]);
  if (!existsSync(report)) return { passed: 0, failed: 1, output };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  const skipped = numPendingTests + numTodoTests;
  const note = skipped > 0 ? `${name}: ${skipped} tests were skipped, which counts as failed.\n` : '';
  const failed = numFailedTests + skipped;
  return { passed: numPassedTests, failed: ok ? failed : Math.max(failed, 1), output: output + note };
}

async function runPlain(args) {
  const { ok, output } = await execute(args);
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, output };
}

async function runStep({ name, args, tests }) {
  console.log(`── ${name} …`);
  const started = performance.now();
  const { output, ...counts } = await (tests ? runTests(name, tests) : runPlain(args));
  const seconds = (performance.now() - started) / 1000;
  console.log(`\n── ${name}: ${seconds.toFixed(1)} s\n${output.trimEnd()}\n`);
  return { name, ...counts, seconds };
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
const chosen = steps.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const begun = performance.now();
const results = await runBesideEachOther(chosen, availableParallelism(), runStep);
const total = (performance.now() - begun) / 1000;

console.log();
for (const { name, passed, failed, seconds } of results) {
  const counts = `${String(passed).padStart(6)} passed ${String(failed).padStart(4)} failed`;
  console.log(
    `${failed === 0 ? ' ok ' : 'FAIL'}  ${name.padEnd(14)}${counts} ${seconds.toFixed(1).padStart(8)} s`,
  );
}
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`      all${total.toFixed(1).padStart(41)} s, beside each other`);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') === 0 ? 0 : 1;
