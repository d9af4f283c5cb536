#!/usr/bin/env node
// dist/cli.js: the `gatehouse` command. It holds what help needs, and the start of a guard; the rest is in
// dist/engine.js.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { loadEngine } from '../guard/load-engine';
import { exitWith } from '../guard/guard-process';
import type { Command } from './command';
import type * as engineBundle from './engine';
import { guardCommand } from './guard';
import { runCommandLine } from './run';
import type { Commands } from './run';
import { summaries } from './summaries';
import type { CommandName } from './summaries';

const { argv, env, stderr, stdin, stdout } = process;

/** package.json lies beside dist, in the npm package as in the extension. */
function version(): string {
  const text = readFileSync(join(__dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function engine(): typeof engineBundle {
  return loadEngine(__dirname, env, homedir()) as typeof engineBundle;
}

function load(name: CommandName): Promise<Command> {
  return name === 'guard' ? Promise.resolve(guardCommand(engine)) : engine().commands[name]();
}

const commands: Commands = Object.fromEntries(
  Object.entries(summaries).map(([name, summary]) => [
    name,
    { summary, load: () => load(name as CommandName) },
  ]),
);

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
