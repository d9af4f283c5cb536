/** `principal.attr.session` in policies: the history of this agent session before the call. */
export interface SessionFacts {
  readonly id: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  /** Calls that were forwarded, and those that wait for a human: they may yet be. */
  readonly calls: number;
  readonly denied: number;
  /** Calls that a human allowed. */
  readonly approved: number;
  /** Counted by policies' outputs; what waiting calls would add is included. */
  readonly counters: Readonly<Record<string, number>>;
  /** By `server/tool`, as `calls`. */
  readonly callsByTool: Readonly<Record<string, number>>;
  /** Names of servers with forwarded calls. */
  readonly servers: readonly string[];
  /** The last 50 forwarded calls, `server/tool`, newest last. */
  readonly recent: readonly string[];
  readonly touched: { readonly openWorld: boolean; readonly destructive: boolean };
}

/** Stands for a session that has no history, or whose history is not asked about. */
export const noSession: SessionFacts = {
  id: '',
  startedAt: '',
  seconds: 0,
  calls: 0,
  denied: 0,
  approved: 0,
  counters: {},
  callsByTool: {},
  servers: [],
  recent: [],
  touched: { openWorld: false, destructive: false },
};
