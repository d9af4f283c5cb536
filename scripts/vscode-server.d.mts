// The types of vscode-server.mjs, for the tests.
export interface RunningServer {
  readonly port: number;
  readonly pid: number;
  /** Ends the server and everything that it started. */
  stop(): Promise<void>;
}

export function writeSettings(data: string, settings: Readonly<Record<string, unknown>>): void;

/** @throws if VS Code refuses one of the files */
export function installExtensions(
  data: string,
  files: readonly string[],
  env?: Readonly<Record<string, string>>,
): void;

export function startServer(options: {
  /** The folder for everything that the server keeps. */
  readonly data: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether every folder counts as trusted, so that nobody is asked; the default. */
  readonly trustWorkspaces?: boolean;
  /** Whether suites run inside the extension host; refuses modal dialogs. */
  readonly smokeTest?: boolean;
  readonly onOutput?: (text: string) => void;
}): Promise<RunningServer>;
