#!/usr/bin/env node
// dist/cli.js: the `gatehouse` command.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitWith } from '../guard/guard-process';
import { commands } from './commands';
import { runCommandLine } from './run';

/** package.json lies beside dist, in the npm package as in the extension. */
function version(): string {
  const text = readFileSync(join(__dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

const { argv, env, stderr, stdin, stdout } = process;
// A reader that has seen enough (`gatehouse compile … | head`) is no fault.
stdout.on('error', () => undefined);
stderr.on('error', () => undefined);
runCommandLine(argv.slice(2), commands, version, { stdin, stdout, stderr, env, cwd: process.cwd() }).then(
  exitWith,
  async (error: unknown) => {
    stderr.write(`gatehouse: ${String(error)}\n`);
    await exitWith(1);
  },
);
