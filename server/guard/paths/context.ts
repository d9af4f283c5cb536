/** The inputs of path resolution besides the arguments. All paths are absolute. */
export interface PathContext {
  readonly platform: NodeJS.Platform;
  /** The workspace's folders; none means that everything is outside. */
  readonly folders: readonly string[];
  /**
   * Folders to resolve relative paths against: the upstream's working directory, the workspace's folders, the roots.
   */
  readonly bases: readonly string[];
  readonly home: string;
  /**
   * Folders that an agent must not touch wherever they lie: the state folder, the guard's own installation. As written
   * and with links followed.
   */
  readonly guarded: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the call: its tool is effectively read-only. */
  readonly readOnly: boolean;
  /** Of the call: its tool removes or moves what it is given, and with a folder all that is below. */
  readonly takesTrees: boolean;
}

/** A path found in the arguments, as policies see it. */
export interface PathFact {
  /** Where in the arguments, e.g. `edits[0].path`. */
  readonly argument: string;
  /** Resolved; the worst reading where there are several. Empty if it can't be resolved at all. */
  readonly path: string;
  readonly inWorkspace: boolean;
  readonly protected: boolean;
}
