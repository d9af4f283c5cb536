import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { activateLayers, failedTests, visibleLine } from '../protocol';
import { pendingActivation } from './activation-changes';
import type { ActivationReport, BaseChange, BaseMode, LayerTests } from '../protocol';
import { builtinPolicies } from './builtin';
import { UsageError } from './command';
import type { Command, CommandContext } from './command';
import { askYes, openState } from './person';

const usage = `Usage: gatehouse activate [--workspace DIR]... [--yes] [--json] [--expect DIGEST]
                          [--replace-base | --extend-base] [--despite-failing-tests]

Shows how your policies and guarded servers differ from what is in force, and puts them into force: ~/.gatehouse/policies
and ~/.gatehouse/mcp.json and, with --workspace, .gatehouse/policies and .gatehouse/mcp.json of that folder. Until then
edits change nothing. Runs the policies' test suites, says what fails, and asks before it does.

Your policies extend the built-in base: what they allow or deny decides, and where they say nothing the base does.

  --workspace DIR   a folder of the workspace (may be repeated, for a workspace of several folders)
  --yes             activate without asking
  --json            print the differences as JSON, and activate them only with --yes
  --expect DIGEST   activate only if the differences have this digest (of an earlier --json)
  --replace-base    your policies take the place of the built-in base; lists the rules that are given up. Stays so until
  --extend-base     your policies extend the built-in base again
  --despite-failing-tests
                    with --yes: activate although tests of the policies fail

Exits with 0 if what was edited is in force or only shown, with 3 if policies do not compile, with 4 if tests of them
fail and --yes was given alone, with 1 otherwise.`;

/** Puts edited policies and servers into force. */
export const command: Command = {
  usage,
  run: (args, context) => runActivate(args, context, join(builtinPolicies(), 'base')),
};

/**
 * Runs `gatehouse activate`; resolves with the exit code.
 * @param builtin the folder of the built-in base policies
 */
export async function runActivate(
  args: readonly string[],
  context: CommandContext,
  builtin: string,
): Promise<number> {
  const given = options(args);
  const { expect, json = false, workspace = [], yes = false } = given;
  const state = openState(context.env);
  const folders = workspace.map((folder) => resolve(context.cwd, folder));
  const pending = await pendingActivation(state, folders, builtin, wantedBase(given));
  const { activations, base, indexIsBroken, report } = pending;
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
  const failed = failedTests(report);
  if (yes && failed > 0 && given['despite-failing-tests'] !== true) {
    context.stderr.write(
      `Nothing was activated: ${failed} of the policies' expectations fail. Correct them, or add --despite-failing-tests.\n`,
    );
    return 4;
  }
  if (!yes) {
    const anyway = failed === 0 ? '' : ` although ${failed} of the policies' expectations FAIL`;
    const answer = await askYes(`Put this into force${anyway}?`, context);
    if (answer !== true) {
      const hint = answer === undefined ? 'There is no terminal to ask on: use --yes. ' : '';
      context.stderr.write(`${hint}Nothing was activated.\n`);
      return 1;
    }
  }
  await activateLayers(state, activations, base);
  if (!json) {
    context.stdout.write('Activated.\n');
  }
  return 0;
}

function reportText({ changes }: ActivationReport): string {
  if (changes.length === 0) {
    return 'What was edited is what is in force.\n';
  }
  const lines = changes.flatMap(({ acceptedBefore, base, files, issues, layer, tests }) => [
    `${titleOf(layer)}${acceptedBefore ? ' (accepted before)' : ''}`,
    ...files.map(({ change, path }) => `  ${change} ${visibleLine(path)}`),
    ...issues.map(
      (issue) =>
        `  ${issue.severity}: ${visibleLine(issue.file)}:${issue.line}: ${visibleLine(issue.message)}`,
    ),
    ...(tests === undefined ? [] : testLines('tests', tests)),
    ...(base === undefined ? [] : baseLines(base)),
  ]);
  return `${lines.join('\n')}\n`;
}

function testLines(what: string, { failed, failures, passed }: LayerTests): readonly string[] {
  if (passed + failed === 0) {
    return [`  ${what}: none`];
  }
  const more = failed - failures.length;
  return [
    `  ${what}: ${passed} passed${failed === 0 ? '' : `, ${failed} FAILED`}`,
    ...failures.map(
      ({ file, line, message }) => `    FAILED ${visibleLine(file)}:${line}: ${visibleLine(message)}`,
    ),
    ...(more > 0 ? [`    … and ${more} more`] : []),
  ];
}

function baseLines({ givenUp, mode, tests }: BaseChange): readonly string[] {
  if (mode === 'extended') {
    return ['  extend the built-in base: where they say nothing, its rules decide'];
  }
  return [
    '  REPLACE the built-in base (--extend-base ends that). Given up:',
    ...givenUp.map((rule) => `    ${rule}`),
    ...(tests === undefined ? [] : testLines("the base's own tests under yours", tests)),
  ];
}

function wantedBase(given: ReturnType<typeof options>): BaseMode | undefined {
  if (given['replace-base'] === true && given['extend-base'] === true) {
    throw new UsageError('--replace-base and --extend-base exclude each other.');
  }
  if (given['replace-base'] === true) {
    return 'replaced';
  }
  return given['extend-base'] === true ? 'extended' : undefined;
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
  'replace-base'?: boolean | undefined;
  'extend-base'?: boolean | undefined;
  'despite-failing-tests'?: boolean | undefined;
} {
  try {
    return parseArgs({
      args: [...args],
      options: {
        workspace: { type: 'string', multiple: true },
        yes: { type: 'boolean', short: 'y' },
        json: { type: 'boolean' },
        expect: { type: 'string' },
        'replace-base': { type: 'boolean' },
        'extend-base': { type: 'boolean' },
        'despite-failing-tests': { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
