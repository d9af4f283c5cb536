import type { Approver, Clock, DecisionNotice, JsonObject, SessionSettings } from '../../protocol';
import type { AdditionalDecisionPoint } from '../decision-point/additional';
import type { ToolSource } from '../enforcer';

/** The server behind the guard. */
export interface GuardedServer {
  readonly name: string;
  readonly origin: 'user' | 'workspace';
  /** As written, before substitution. For a command line without a configuration: `{type: 'stdio', command, args}`. */
  readonly definition: JsonObject;
  readonly transport: 'stdio' | 'http';
  /** For policy: the command, or the URL. */
  readonly command?: string;
  readonly url?: string;
  /** The command's arguments, as it is started with. Relative paths may be relative to folders among them. */
  readonly args?: readonly string[];
  /** Variables that are configured for the server, resolved; not the inherited environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The upstream's working directory, absolute: relative paths may be relative to it. */
  readonly cwd: string;
  /** The whole environment that it is started with. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Everything that decisions depend on besides the request. */
export interface EnforcerOptions {
  readonly server: GuardedServer;
  /**
   * The window's workspace, or `--workspace`. Where neither a window nor the command line names one, the client's roots
   * or else the guard's working directory (`cwd`) stand in for paths; session and activated layers then are those of
   * `cwd`.
   */
  readonly workspace: {
    readonly name: string;
    readonly folders: readonly string[];
    readonly trusted: boolean;
  };
  /** The guard's own working directory, absolute. */
  readonly cwd: string;
  /** The state folder, absolute. */
  readonly state: string;
  /** Folder with `base/` and `guardrails/`. */
  readonly builtinPolicies: string;
  /** Folders from `--policies`: read once, at the start; they only add denials. */
  readonly extraPolicies: readonly string[];
  /** May refuse what the policies allow; missing if they decide alone. */
  readonly decisionPoint?: AdditionalDecisionPoint;
  readonly approver: Approver;
  /**
   * Asked on every call of a tool, so it answers from its cache unless the list may have changed; what it resolves
   * with is what the agent's calls are compared with.
   */
  readonly toolSource: ToolSource;
  readonly user: { readonly id: string; readonly name: string; readonly source: 'os' };
  /** The user's home folder, absolute. */
  readonly home: string;
  /** Of the guard itself, for paths that name variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whose rules paths follow. */
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
  /** `replace`: tools are listed as read-only and closed-world, because the guard asks instead; else as declared. */
  readonly prompts: 'replace' | 'keep' | 'declared';
  /** Paths of arguments are forwarded without the links in them, where that changes nothing else. */
  readonly forwardResolvedPaths?: boolean;
  readonly session: SessionSettings;
  /** A window launched this guard: refusals then speak of the window instead of the command line. */
  readonly launchedByWindow: boolean;
  /** Told after every decision that was written. */
  readonly recorded?: (notice: DecisionNotice) => void;
  /** Lines for the guard's log. */
  readonly log?: (line: string) => void;
}
