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
  /** True, the default: every folder counts as trusted, so that nobody is asked. */
  readonly trustWorkspaces?: boolean;
  /** True if suites run inside the extension host; modal dialogs are then refused. */
  readonly smokeTest?: boolean;
  readonly onOutput?: (text: string) => void;
}): Promise<RunningServer>;
