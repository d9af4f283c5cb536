import type { JsonObject } from './json';

/** The agent session as the user's settings shape it. */
export interface SessionSettings {
  /** Idle minutes after which an agent session ends. */
  readonly idleMinutes: number;
  /** Days that logs are kept; 0 or missing to keep all. */
  readonly keepDays?: number;
}

/** A policy decision point beside the guard's own engine; it may only refuse. */
export interface DecisionPointSettings {
  /** A Cerbos server, or a bundle of Cerbos Hub. */
  readonly kind: 'server' | 'bundle';
  /** The server's URL; the bundle's URL or absolute path. */
  readonly location: string;
  /** After so long a request counts as unanswered, and the call is denied. */
  readonly timeoutMs: number;
}

/** The window's response to a guard that it launched: which server to run, in which workspace, for which agent. */
export interface LaunchInfo {
  readonly server: {
    readonly name: string;
    readonly origin: 'user' | 'workspace';
    /** The definition as written, before substitution: what the fingerprint is made from. */
    readonly definition: JsonObject;
    /** Resolved: no `${…}` left. */
    readonly command: string;
    readonly args: readonly string[];
    /** Variables that are configured for the server, resolved; not the inherited environment. */
    readonly env: Readonly<Record<string, string>>;
    /** Absolute; the first workspace folder or the home folder if the definition names none. */
    readonly cwd: string;
  };
  readonly workspace: {
    readonly name: string;
    /** Absolute paths of the folders on disk, in the window's order; empty in an empty window. */
    readonly folders: readonly string[];
    readonly trusted: boolean;
  };
  /** The agent, known from the launch: the window's own. */
  readonly agent: { readonly name: string; readonly version: string; readonly verified: true };
  /** `replace` suppresses VS Code's own *Run …?* prompts by listing tools as read-only and closed-world. */
  readonly vscodePrompts: 'replace' | 'keep';
  readonly session: SessionSettings;
  /** True to forward paths with symbolic links resolved, so that a link changed later leads nowhere else. */
  readonly forwardResolvedPaths?: boolean;
  /** Missing if the guard's own engine decides alone. */
  readonly decisionPoint?: DecisionPointSettings;
}
