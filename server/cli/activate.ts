import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { activateLayers, visibleLine } from '../protocol';
import { pendingActivation } from './activation-changes';
import type { ActivationReport } from '../protocol';
import { UsageError } from './command';
import type { Command, CommandContext } from './command';
import { askYes, openState } from './person';

const usage = `Usage: gatehouse activate [--workspace DIR]... [--yes] [--json] [--expect DIGEST]

Shows how your policies and guarded servers differ from what is in force, and puts them into force: ~/.gatehouse/policies
and ~/.gatehouse/mcp.json and, with --workspace, .gatehouse/policies and .gatehouse/mcp.json of that folder. Until then
edits change nothing. Asks before it does.

  --workspace DIR   a folder of the workspace (may be repeated, for a workspace of several folders)
  --yes             activate without asking
  --json            print the differences as JSON, and activate them only with --yes
  --expect DIGEST   activate only if the differences have this digest (of an earlier --json)

Exits with 0 if what was edited is in force or only shown, with 3 if policies do not compile, with 1 otherwise.`;

/** Puts edited policies and servers into force. */
export const command: Command = {
  summary: 'put edited policies and guarded servers into force',
  usage,
  run: (args, context) => runActivate(args, context),
};

/** Runs `gatehouse activate`; resolves with the exit code. */
export async function runActivate(args: readonly string[], context: CommandContext): Promise<number> {
  const { expect, json = false, workspace = [], yes = false } = options(args);
  const state = openState(context.env);
  const folders = workspace.map((folder) => resolve(context.cwd, folder));
  const { activations, indexIsBroken, report } = await pendingActivation(state, folders);
  context.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : reportText(report));
  if (expect !== undefined && expect !== report.digest) {
    context.stderr.write(
      'The files have changed since they were shown. Look again; nothing was activated.\n',
    );
    return 1;
  }
  if (json && !yes) {
    return 0;
  }
  if (report.changes.some(({ issues }) => issues.some(({ severity }) => severity === 'error'))) {
    context.stderr.write('Nothing was activated: correct the errors first.\n');
    return 3;
  }
  if (activations.length === 0 && !indexIsBroken) {
    return 0;
  }
  if (!yes) {
    const answer = await askYes('Put this into force?', context);
    if (answer !== true) {
      const hint = answer === undefined ? 'There is no terminal to ask on: use --yes. ' : '';
      context.stderr.write(`${hint}Nothing was activated.\n`);
      return 1;
    }
  }
  await activateLayers(state, activations);
  if (!json) {
    context.stdout.write('Activated.\n');
  }
  return 0;
}

function reportText({ changes }: ActivationReport): string {
  if (changes.length === 0) {
    return 'What was edited is what is in force.\n';
  }
  const lines = changes.flatMap(({ acceptedBefore, files, issues, layer }) => [
    `${titleOf(layer)}${acceptedBefore ? ' (accepted before)' : ''}`,
    ...files.map(({ change, path }) => `  ${change} ${visibleLine(path)}`),
    ...issues.map(
      (issue) =>
        `  ${issue.severity}: ${visibleLine(issue.file)}:${issue.line}: ${visibleLine(issue.message)}`,
    ),
  ]);
  return `${lines.join('\n')}\n`;
}

function titleOf(layer: string): string {
  const [kind, whose] = layer.split(':');
  return `${whose === 'user' ? 'your' : "the workspace's"} ${kind === 'policies' ? 'policies' : 'guarded servers'}`;
}

function options(args: readonly string[]): {
  workspace?: string[] | undefined;
  yes?: boolean | undefined;
  json?: boolean | undefined;
  expect?: string | undefined;
} {
  try {
    return parseArgs({
      args: [...args],
      options: {
        workspace: { type: 'string', multiple: true },
        yes: { type: 'boolean', short: 'y' },
        json: { type: 'boolean' },
        expect: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
