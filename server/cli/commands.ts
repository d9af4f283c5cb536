import type { Commands } from './run';

/** The commands of `gatehouse`, in the order in which help lists them. */
export const commands: Commands = {
  compile: async () => (await import('./compile')).command,
  check: async () => (await import('./check')).command,
  plan: async () => (await import('./plan')).command,
  eval: async () => (await import('./eval')).command,
  guard: async () => (await import('./guard')).command,
  accept: async () => (await import('./accept')).command,
  activate: async () => (await import('./activate')).command,
  session: async () => (await import('./session')).command,
  audit: async () => (await import('./audit')).command,
  'language-server': async () => (await import('./language-server')).command,
};
