// Runs `compile` of the real Cerbos and of Gatehouse on a directory, and reads what both print as JSON.
import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { bundling, entryPoints } from '../../esbuild.js';
import { cerbosBinary } from '../tools';

/**
 * The result of `gatehouse compile`. `exitCode`: 0 if all is well, 3 if the policies do not compile, 4 if tests failed.
 */
export interface Compiled {
  readonly exitCode: number;
  /** The JSON that was printed, if any: test results, or errors. */
  readonly output: unknown;
  readonly stderr: string;
}

/** One decision of a test suite, as both programs report it. */
export interface TestedAction {
  readonly suite: string;
  readonly test: string;
  readonly principal: string;
  readonly resource: string;
  readonly action: string;
  readonly result: string;
  readonly effect?: string;
  readonly outputs: readonly { readonly src: string; readonly val?: unknown }[];
}

/** `cerbos compile --output=json DIR` */
export function cerbosCompile(directory: string): Promise<Compiled> {
  return run(cerbosBinary(), ['compile', '--output=json', directory]);
}

/** A function that does `gatehouse compile --output json DIR`, with the command as it is in the source now. */
export async function gatehouseCompile(): Promise<(directory: string) => Promise<Compiled>> {
  const cli = path.join(mkdtempSync(path.join(os.tmpdir(), 'gatehouse-cli-')), 'cli.js');
  await build({
    ...bundling,
    entryPoints: { cli: entryPoints.cli, engine: entryPoints.engine },
    outdir: path.dirname(cli),
    logLevel: 'silent',
  });
  return (directory) => run(process.execPath, [cli, 'compile', '--output', 'json', directory]);
}

function run(command: string, args: readonly string[]): Promise<Compiled> {
  return new Promise((resolve, reject) => {
    execFile(command, [...args], { encoding: 'utf8', maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : error.code;
      if (typeof exitCode !== 'number') {
        reject(error ?? new Error(`${command} ended without a code.`));
        return;
      }
      resolve({
        exitCode,
        output: stdout.trim() === '' ? undefined : (JSON.parse(stdout) as unknown),
        stderr,
      });
    });
  });
}

interface Named {
  readonly name: string;
}
interface SuiteResults extends Named {
  readonly testCases?: readonly (Named & {
    readonly principals?: readonly (Named & {
      readonly resources?: readonly (Named & {
        readonly actions?: readonly (Named & {
          readonly details: {
            readonly result: string;
            readonly success?: { readonly effect: string; readonly outputs?: TestedAction['outputs'] };
          };
        })[];
      })[];
    })[];
  })[];
}

/** Every decision in the results that `compile` printed, in their order. */
export function testedActions(output: unknown): readonly TestedAction[] {
  const { suites } = output as { readonly suites: readonly SuiteResults[] };
  const all: TestedAction[] = [];
  for (const suite of suites) {
    for (const test of suite.testCases ?? []) {
      for (const principal of test.principals ?? []) {
        for (const resource of principal.resources ?? []) {
          for (const { name: action, details } of resource.actions ?? []) {
            all.push({
              suite: suite.name,
              test: test.name,
              principal: principal.name,
              resource: resource.name,
              action,
              result: details.result,
              ...(details.success && { effect: details.success.effect }),
              outputs: details.success?.outputs ?? [],
            });
          }
        }
      }
    }
  }
  return all;
}
