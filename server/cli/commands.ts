import type { Command } from './command';
import type { CommandName } from './summaries';

/** The commands by name, but for the guard, which starts before them; each is loaded when it is run. */
export const commands: Readonly<Record<Exclude<CommandName, 'guard'>, () => Promise<Command>>> = {
  compile: async () => (await import('./compile')).command,
  check: async () => (await import('./check')).command,
  plan: async () => (await import('./plan')).command,
  eval: async () => (await import('./eval')).command,
  'explain-call': async () => (await import('./explain-call')).command,
  accept: async () => (await import('./accept')).command,
  activate: async () => (await import('./activate')).command,
  session: async () => (await import('./session')).command,
  audit: async () => (await import('./audit')).command,
  'language-server': async () => (await import('./language-server')).command,
};
