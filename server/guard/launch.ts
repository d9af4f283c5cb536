import { basename, resolve } from 'node:path';
import type {
  Approver,
  DecisionNotice,
  DecisionPointSettings,
  LaunchInfo,
  SessionSettings,
} from '../protocol';
import type { AgentIdentity } from './enforcer';
import { nobody } from './nobody';
import { defaultServerName } from './server-name';
import type { WindowLink } from './window/connect';

/** Everything a guard has to know before it starts its server, whoever launched it. */
export interface Launch {
  readonly server: LaunchInfo['server'];
  readonly workspace: LaunchInfo['workspace'];
  /** Known from the launch; missing if only the client can say who it is. */
  readonly agent?: AgentIdentity;
  readonly prompts: 'replace' | 'keep' | 'declared';
  readonly session: SessionSettings;
  readonly forwardResolvedPaths?: boolean;
  /** Absolute folders of `--policies`. */
  readonly extraPolicies: readonly string[];
  /** Missing if the policies decide alone. */
  readonly decisionPoint?: DecisionPointSettings;
  readonly approver: Approver;
  readonly launchedByWindow: boolean;
  readonly recorded?: (notice: DecisionNotice) => void;
  /** Registers what runs when a person changed something that decisions or lists depend on. */
  readonly onStateChange?: (listener: () => void) => void;
  /** Ends the connection to the window. */
  readonly close?: () => void;
}

/** The arguments of `gatehouse guard`. */
export interface GuardArguments {
  readonly name?: string;
  readonly policies: readonly string[];
  readonly workspace?: string;
  readonly decisionPoint?: DecisionPointSettings;
  readonly forwardResolvedPaths?: boolean;
  readonly command: string;
  readonly args: readonly string[];
}

/** Agent sessions end after this many idle minutes where no window has a setting. */
const defaultIdleMinutes = 30;

/** A guard that was started by hand, or by an agent's configuration. */
export function launchFromArguments(given: GuardArguments, cwd: string): Launch {
  const { args, command } = given;
  const folder = given.workspace === undefined ? undefined : resolve(cwd, given.workspace);
  return {
    server: {
      name: given.name ?? defaultServerName(command, args),
      origin: 'user',
      definition: { type: 'stdio', command, args },
      command,
      args,
      env: {},
      cwd,
    },
    workspace: {
      name: basename(folder ?? cwd),
      folders: folder === undefined ? [] : [folder],
      // Whoever starts the guard decides what it runs; there is no window whose trust could be asked.
      trusted: true,
    },
    prompts: 'declared',
    session: { idleMinutes: defaultIdleMinutes },
    extraPolicies: given.policies.map((policies) => resolve(cwd, policies)),
    ...(given.decisionPoint && { decisionPoint: given.decisionPoint }),
    forwardResolvedPaths: given.forwardResolvedPaths === true,
    approver: nobody,
    launchedByWindow: false,
  };
}

/** A guard that a window launched. */
export function launchFromWindow(link: WindowLink): Launch {
  const { agent, decisionPoint, forwardResolvedPaths, server, session, vscodePrompts, workspace } =
    link.launch;
  return {
    server,
    workspace,
    agent,
    prompts: vscodePrompts,
    session,
    extraPolicies: [],
    ...(decisionPoint && { decisionPoint }),
    forwardResolvedPaths: forwardResolvedPaths === true,
    approver: link.approver,
    launchedByWindow: true,
    recorded: (notice) => link.decisionRecorded(notice),
    onStateChange: (listener) =>
      link.onStateChange((what) => {
        if (what !== 'session') {
          listener();
        }
      }),
    close: () => link.close(),
  };
}
