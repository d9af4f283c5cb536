/** The user's settings for policies, under `gatehouse` in the client's configuration. */
export interface Settings {
  /** Globs of folders, each the root of a policy set. */
  readonly policies: readonly string[];
  /** True if test results are shown as inlay hints in suites. */
  readonly inlayHints: boolean;
}

export const defaultSettings: Settings = {
  policies: ['**/policies', '**/cerbos-policies', '**/cerbos_policies'],
  inlayHints: true,
};

/** Reads a client's configuration; what is missing or of the wrong type is as if it were not there. */
export function readSettings(configuration: unknown): Settings {
  const given = isRecord(configuration) ? configuration : {};
  const globs = given['policies'];
  const hints = isRecord(given['inlayHints']) ? given['inlayHints']['testResults'] : undefined;
  return {
    policies:
      Array.isArray(globs) && globs.every((glob) => typeof glob === 'string')
        ? globs
        : defaultSettings.policies,
    inlayHints: typeof hints === 'boolean' ? hints : defaultSettings.inlayHints,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
