/** An environment as a process has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The upstream's environment: what the guard itself was started with, without what is the guard's own, and over that
 * what the user configured for the upstream.
 * @param inherited the guard's environment
 * @param configured the definition's `env`
 * @param fromWindow true if a VS Code window launched the guard: then ELECTRON_RUN_AS_NODE is the guard's, too
 */
export function upstreamEnvironment(
  inherited: Environment,
  configured: Environment,
  fromWindow: boolean,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    if (value !== undefined && !isGuardsOwn(name, fromWindow)) {
      environment[name] = value;
    }
  }
  for (const [name, value] of Object.entries(configured)) {
    if (value !== undefined) {
      environment[name] = value;
    }
  }
  return environment;
}

/** Compared without case, since Windows has none in names. */
function isGuardsOwn(name: string, fromWindow: boolean): boolean {
  const upper = name.toUpperCase();
  return upper.startsWith('GATEHOUSE_') || (fromWindow && upper === 'ELECTRON_RUN_AS_NODE');
}
