import type { JsonObject } from '../../server/protocol';

/** A configured server that an agent could use beside the guarded one. */
interface ConfiguredServer {
  readonly name: string;
  readonly definition: JsonObject;
}

/** Why a configured server is taken for a guarded one's twin. */
export type Likeness = 'name' | 'command' | 'url';

/** An unguarded way to a guarded server. */
interface Twin<T extends ConfiguredServer> {
  readonly guarded: string;
  readonly configured: T;
  readonly likeness: Likeness;
}

/** The properties of a guarded server by which its twins are recognized. */
interface Original {
  readonly name: string;
  /** How VS Code lists it: a configured server of that name would take its place. */
  readonly label: string;
  readonly definition: JsonObject;
}

/**
 * The configured servers that are the same as a guarded one: of the same name or label (case aside), or with the same
 * command and arguments, or the same URL. A server that is itself run by the guard is no twin.
 */
export function findTwins<T extends ConfiguredServer>(
  guarded: readonly Original[],
  configured: readonly T[],
): readonly Twin<T>[] {
  return configured
    .filter(({ definition }) => !runsGuard(definition))
    .flatMap((candidate) => {
      const found = guarded
        .map((server) => ({ guarded: server.name, likeness: likeness(server, candidate) }))
        .find((twin) => twin.likeness !== undefined);
      return found?.likeness === undefined
        ? []
        : [{ guarded: found.guarded, configured: candidate, likeness: found.likeness }];
    });
}

function likeness(guarded: Original, configured: ConfiguredServer): Likeness | undefined {
  const name = configured.name.toLowerCase();
  if (name === guarded.name.toLowerCase() || name === guarded.label.toLowerCase()) {
    return 'name';
  }
  const command = commandOf(guarded.definition);
  if (command !== undefined && command === commandOf(configured.definition)) {
    return 'command';
  }
  const url = urlOf(guarded.definition);
  return url !== undefined && url === urlOf(configured.definition) ? 'url' : undefined;
}

/**
 * The command of a definition in a normal form, in which the usual ways to write the same are equal: `npx -y x`, `npx
 * x` and `/usr/bin/npx x`, `cmd /c npx x`.
 */
function commandOf({ command, args }: JsonObject): string | undefined {
  if (typeof command !== 'string') {
    return undefined;
  }
  const words = [command, ...(Array.isArray(args) ? (args as readonly unknown[]) : [])].map(String);
  const [program, ...rest] =
    /^cmd(?:\.exe)?$/i.test(baseName(words[0] ?? '')) && /^\/c$/i.test(words[1] ?? '')
      ? words.slice(2)
      : words;
  const name = baseName(program ?? '').replace(/\.(?:exe|cmd|bat)$/i, '');
  const significant = name === 'npx' ? rest.filter((word) => word !== '-y' && word !== '--yes') : rest;
  return JSON.stringify([name, ...significant]);
}

function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

function urlOf({ url }: JsonObject): string | undefined {
  if (typeof url !== 'string') {
    return undefined;
  }
  try {
    const { href } = new URL(url);
    return href.replace(/\/$/, '');
  } catch {
    return url;
  }
}

/**
 * True if the definition starts Gatehouse's own guard, as for agents outside VS Code: `gatehouse guard … -- …`, also
 * through npx. The command must be the bare name: a program of that name in the repository is not the guard.
 */
function runsGuard({ command, args }: JsonObject): boolean {
  if (typeof command !== 'string' || !Array.isArray(args)) {
    return false;
  }
  const words = [command, ...(args as readonly unknown[])]
    .map(String)
    .filter((word) => !/^-(?:y|-yes)$/.test(word));
  const own = /^npx(?:\.cmd)?$/i.test(words[0] ?? '') ? words.slice(1) : words;
  return /^gatehouse(?:\.cmd)?$/i.test(own[0] ?? '') && own[1] === 'guard';
}
