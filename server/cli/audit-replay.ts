import { resolve } from 'node:path';
import { LayerStore, withUserPolicies } from '../guard/decide/policies/layers';
import type { PolicyLayer } from '../guard/decide/policies/layers';
import { replay } from '../guard/replay/replay';
import type { PolicyDemand, ReplayedCall } from '../guard/replay/replay';
import { recordsOf } from '../guard/session/log-lines';
import { messageOf, StateError, visibleLine, workspaceKey } from '../protocol';
import type { SessionRecord, StateLayout } from '../protocol';
import type { CommandContext } from './command';
import { logsWithSession } from './sessions';

/** The exit code if policies do not compile. */
const doesNotCompile = 3;

interface ReplayOptions {
  readonly json: boolean;
  /** The folder of the policies that take the place of the user's. */
  readonly policies: string | undefined;
  /** Only the session with this id. */
  readonly session: string | undefined;
  /** Folder with `base/` and `guardrails/`. */
  readonly builtin: string;
}

/** A replayed call, as JSON has it. */
type ListedCall = ReplayedCall & { readonly session: string };

/**
 * Runs `gatehouse audit replay` for all sessions in some folders.
 * @returns the exit code
 */
export function replayRecords(
  state: StateLayout,
  folders: readonly string[],
  options: ReplayOptions,
  { cwd, stderr, stdout }: CommandContext,
): number {
  const counts = { same: 0, differs: 0, 'cannot-tell': 0 };
  const listed: ListedCall[] = [];
  let code = 0;
  const layers = new LayersByWorkspace(state, {
    ...options,
    policies: options.policies === undefined ? undefined : resolve(cwd, options.policies),
  });
  for (const [session, logs] of folders.flatMap((folder) => [...logsBySession(folder)])) {
    if (options.session === undefined || options.session === session) {
      try {
        const first = firstRecord(logs);
        if (first === undefined) {
          continue;
        }
        for (const call of replay(recordsIn(logs), layers.of(first.workspace.folders))) {
          counts[call.answer] += 1;
          if (call.answer !== 'same') {
            listed.push({ session, ...call });
          }
        }
      } catch (error) {
        stderr.write(`${visibleLine(`session ${session}: ${messageOf(error)}`)}\n`);
        code = error instanceof UnusablePolicies ? doesNotCompile : 1;
        if (code === doesNotCompile) {
          return code;
        }
      }
    }
  }
  const { same, differs, 'cannot-tell': cannotTell } = counts;
  if (options.json) {
    stdout.write(`${JSON.stringify({ same, differs, cannotTell, calls: listed }, undefined, 2)}\n`);
    return code;
  }
  const calls = same + differs + cannotTell;
  stdout.write(
    `${calls} calls: ${same} decided the same, ${differs} otherwise, ${cannotTell} can't be told (${unknownValues}).\n`,
  );
  listed
    .filter(({ answer }) => answer === 'differs')
    .forEach((call) => stdout.write(`${visibleLine(lineOf(call))}\n`));
  return code;
}

const unknownValues = 'it depends on what is masked, or was not recorded';

function lineOf({ after, before, by, id, server, session, time, tool }: ListedCall): string {
  const now = after.map(demandText).join(' or ');
  const rule = by === undefined ? '' : ` by ${ruleText(by)}`;
  return `${time}  ${session}/${id}  ${tool} of ${server}: ${demandText(before)} by ${ruleText(before)} → ${now}${rule}`;
}

function demandText({ effect, level }: PolicyDemand): string {
  return level === undefined || level === 1 ? effect : `${effect} at level ${level}`;
}

function ruleText({ policy, rule }: { readonly policy: string; readonly rule: string }): string {
  return policy === '' ? rule : `${rule} of ${policy}`;
}

class UnusablePolicies extends StateError {}

/** The policies that would decide calls in a workspace now; each workspace's are read once. */
class LayersByWorkspace {
  readonly #state: StateLayout;
  readonly #options: ReplayOptions;
  readonly #known = new Map<string, readonly PolicyLayer[]>();

  constructor(state: StateLayout, options: ReplayOptions) {
    this.#state = state;
    this.#options = options;
  }

  /**
   * @param folders of the workspace
   * @throws {UnusablePolicies}
   */
  of(folders: readonly string[]): readonly PolicyLayer[] {
    const key = workspaceKey(folders);
    const layers = this.#known.get(key) ?? this.#read(key);
    this.#known.set(key, layers);
    return layers;
  }

  #read(key: string): readonly PolicyLayer[] {
    const { builtin, policies } = this.#options;
    const store = new LayerStore({ layout: this.#state, builtin, extra: [], workspaceKey: key });
    const current = store.current();
    if (current.kind === 'broken') {
      throw new UnusablePolicies(current.reason);
    }
    try {
      return policies === undefined ? current.policyLayers : withUserPolicies(current.policyLayers, policies);
    } catch (error) {
      throw new UnusablePolicies(messageOf(error), { cause: error });
    }
  }
}

function logsBySession(folder: string): ReadonlyMap<string, readonly string[]> {
  const sessions = new Map<string, string[]>();
  for (const { log, session } of logsWithSession(folder)) {
    sessions.set(session, [...(sessions.get(session) ?? []), log]);
  }
  return sessions;
}

function* recordsIn(logs: readonly string[]): Generator<SessionRecord> {
  for (const log of logs) {
    for (const records of recordsOf(log)) {
      yield* records;
    }
  }
}

/** The header or checkpoint that a session's first log begins with. */
function firstRecord(
  logs: readonly string[],
): Extract<SessionRecord, { type: 'session' | 'checkpoint' }> | undefined {
  for (const record of recordsIn(logs)) {
    return record.type === 'session' || record.type === 'checkpoint' ? record : undefined;
  }
  return undefined;
}
