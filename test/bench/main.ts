// Runs the benchmarks and prints their tables with the facts of the machine they ran on.
//
//   npm run bench                      everything
//   npm run bench -- --only policy     one area; `npm run bench -- policy` is the same
//
// An area is the module ./<area>.ts; it exports `bench: Bench` and finds the repository at process.cwd().
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { type Bench, toMarkdown } from './table';

const areas = new Map<string, () => Promise<{ readonly bench: Bench }>>([
  ['cel', () => import('./cel')],
  ['policy', () => import('./policy')],
  ['compile', () => import('./compile')],
  ['relay', () => import('./relay')],
  ['session', () => import('./session')],
  ['replay', () => import('./replay')],
  ['language', () => import('./language')],
]);
const report = 'test-results/bench.md';

/** The areas to run, in the order in which they are listed. */
function chosen(
  args: readonly string[],
): readonly (readonly [string, () => Promise<{ readonly bench: Bench }>])[] {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { only: { type: 'string', multiple: true } },
  });
  const named = [...(values.only ?? []), ...positionals].flatMap((value) => value.split(','));
  const unknown = named.filter((name) => !areas.has(name));
  if (unknown.length > 0) {
    const known = [...areas.keys()].join(', ');
    throw new Error(`There is no benchmark area ${unknown.join(', ')}. The areas are ${known}.`);
  }
  return [...areas].filter(([name]) => named.length === 0 || named.includes(name));
}

/** Describes what the figures depend on: processor, memory, versions; one line each. */
function machine(): string {
  const cpus = os.cpus();
  const facts = [
    `${cpus.length} × ${cpus[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    `${os.type()} ${os.release()} (${os.arch()}), Node.js ${process.version}`,
    `load average at start ${os.loadavg()[0]?.toFixed(2) ?? '?'}`,
    `commit ${commit()}, ${new Date().toISOString().slice(0, 10)}`,
  ];
  return facts.map((fact) => `- ${fact}`).join('\n');
}

function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

async function main(): Promise<void> {
  const wanted = chosen(process.argv.slice(2));
  const parts = [`## Machine\n\n${machine()}\n`];
  console.log(parts[0]);
  const failed: string[] = [];
  for (const [area, load] of wanted) {
    try {
      const { bench } = await load();
      const section = [`## ${area}\n`, ...(await bench()).map(toMarkdown)].join('\n');
      console.log(section);
      parts.push(section);
    } catch (error) {
      failed.push(area);
      console.error(`The benchmark ${area} failed:`, error);
      parts.push(`## ${area}\n\nFailed: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  mkdirSync('test-results', { recursive: true });
  writeFileSync(report, parts.join('\n'));
  console.log(`Written to ${report}.`);
  if (failed.length > 0) {
    process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
