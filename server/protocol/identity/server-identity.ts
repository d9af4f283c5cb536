import { resolve } from 'node:path';
import type { JsonObject } from '../json';
import { keyedDigest } from '../state/canonical-json';
import { serverFingerprint } from '../state/fingerprint';
import { findProgram } from './find-program';
import type { Environment } from './find-program';
import { placesOf } from './folder-places';
import { isData, isFixedPath, isKnownCommand } from './known-commands';
import { thisMachine } from './machine';
import type { Machine } from './machine';

/** How a server is started, with nothing left to replace. */
export interface StartedServer {
  readonly name: string;
  readonly origin: 'user' | 'workspace';
  /** As written. */
  readonly definition: JsonObject;
  /** Missing if there is no command, as for a server over HTTP. */
  readonly command?: string;
  readonly url?: string;
  readonly args?: readonly string[];
  /** Variables that are configured for the server, resolved; not the inherited environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly cwd: string;
  /** The whole environment that it is started with. */
  readonly environment: Environment;
}

/**
 * Digests that identify a server. They are keyed with the installation key, so that secrets in it can't be guessed.
 */
export interface ServerIdentity {
  /**
   * Of what a human accepts the tools of: name, origin, the definition as written, command and arguments as started,
   * the names of what is configured in the environment, the values only of those that decide which code runs; and the
   * folder, unless all of it is known to mean the same in every folder. A password that changes leaves it as it is.
   */
  readonly acceptance: string;
  /** Of all that is shown and run: name, origin, program, arguments, configured environment with values, folder. */
  readonly fingerprint: string;
  /** Of that and the environment that it inherits: what a human's yes is bound to. */
  readonly launch: string;
}

/** The inputs of the digests at one moment. They contain secrets and must not leave this process. */
export interface ServerFacts {
  /** The folder that the acceptance is bound to, without links; missing if it counts in every folder. */
  readonly folder?: string;
  readonly acceptance: JsonObject;
  readonly fingerprint: JsonObject;
  readonly launch: JsonObject;
}

/** Variables that decide which code a program runs, or where it comes from. */
const decidesWhatRuns = new RegExp(
  [
    'PATH|PATHEXT|COMSPEC|SHELL|ENV|BASH_ENV|CDPATH|IFS|HOME|USERPROFILE|APPDATA|LOCALAPPDATA|CLASSPATH',
    String.raw`VIRTUAL_ENV|_?JAVA_\w+|JDK_\w+|(?:HTTPS?|ALL)_PROXY|(?:PYTHON|PERL|RUBY)\w*|NODE_(?!ENV$)\w+`,
    String.raw`(?:XDG|LD|DYLD|CONDA|GEM|BUNDLE|DOTNET|NPM|YARN|PNPM|COREPACK|BUN|DENO|UV|PIP|PIPX)_\w+`,
    String.raw`(?:DOCKER|CONTAINER|PODMAN|SSL_CERT)_\w+|GIT_(?:SSH|EXEC|CONFIG|ASKPASS|TEMPLATE|DIR|WORK)\w*`,
  ]
    .map((part) => `^(?:${part})$`)
    .join('|'),
  'i',
);

/** Variables whose value is a secret as it stands, whatever it looks like: base64 has slashes. */
const holdsSecret = /(?:^|_)(?:TOKEN|API_?KEY|SECRET|PASSWORD|PASSWD|PASSPHRASE)$/i;

/** Variables that differ from one process to the next without meaning anything to a server. */
const passing = /^(?:_|SHLVL|VSCODE_\w*)$/;

/**
 * Collects the inputs of a server's digests. Reads the file system: resolves the program, and the files that the
 * command line names.
 */
export function serverFacts(server: StartedServer, machine: Machine = thisMachine): ServerFacts {
  const { args = [], command, definition, env = {}, environment, name, origin, url } = server;
  const cwd = machine.real(resolve(server.cwd));
  const places =
    command === undefined ? [] : placesOf({ definition, command, args, cwd, environment }, machine);
  const bound = places.length > 0 || !isSameEverywhere(server, cwd, machine);
  const program = command === undefined ? undefined : findProgram(command, cwd, environment, machine);
  const run = { name, origin, command: command ?? null, args, url: url ?? null };
  const fingerprint = {
    ...run,
    program: program ?? null,
    env,
    cwd,
  };
  return {
    ...(bound && { folder: cwd }),
    acceptance: {
      ...run,
      definition: serverFingerprint(definition),
      environment: Object.keys(env).sort(),
      deciding: chosen(env, decides),
      folder: bound ? { cwd, places } : null,
    },
    fingerprint,
    launch: { ...fingerprint, inherited: chosen(environment, (variable) => !passing.test(variable)) },
  };
}

/** The digests of what {@link serverFacts} saw. */
export function identityFrom(facts: ServerFacts, key: Buffer): ServerIdentity {
  return {
    acceptance: keyedDigest(key, 'acceptance', facts.acceptance),
    fingerprint: keyedDigest(key, 'fingerprint', facts.fingerprint),
    launch: keyedDigest(key, 'launch', facts.launch),
  };
}

/** {@link serverFacts} and {@link identityFrom} in one. @param key the installation key */
export function serverIdentity(server: StartedServer, key: Buffer, machine?: Machine): ServerIdentity {
  return identityFrom(serverFacts(server, machine), key);
}

/**
 * True if no part of the command line or the environment depends on the folder. False for a workspace's server, since
 * a repository also brings the files that its commands find.
 */
function isSameEverywhere(
  { args = [], command, definition, env = {}, origin }: StartedServer,
  cwd: string,
  machine: Machine,
): boolean {
  if (origin !== 'user') {
    return false;
  }
  if (command === undefined) {
    return true;
  }
  const leads = (word: string): boolean => word !== '' && machine.exists(resolve(cwd, word));
  const written = JSON.stringify([definition['command'], definition['args'], definition['env']]);
  return (
    !written.includes('${workspaceFolder') &&
    isFixedFile(definition['envFile'], machine.home) &&
    Object.entries(env).every(([variable, value]) =>
      holdsSecret.test(variable)
        ? !/^\.{1,2}(?:[\\/]|$)/.test(value) && !leads(value)
        : !decides(variable) && isData(value, leads),
    ) &&
    isKnownCommand(command, args, leads)
  );
}

function decides(variable: string): boolean {
  return decidesWhatRuns.test(variable) && !holdsSecret.test(variable);
}

function isFixedFile(path: JsonObject[string] | undefined, home: string): boolean {
  return path === undefined || (typeof path === 'string' && isFixedPath(path.replace('${userHome}', home)));
}

function chosen(variables: Environment, wanted: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value !== undefined && wanted(name) ? [[name, value]] : [],
    ),
  );
}
