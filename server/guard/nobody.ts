import type { Approver } from '../protocol';

/** Stands for the human where there is none to ask: no window launched this guard. */
export const nobody: Approver = {
  available: false,
  approve: ({ digest }) =>
    Promise.resolve({
      outcome: 'unreachable',
      digest,
      why: 'Nobody can be asked: this guard was not started by a VS Code window.',
    }),
  onLateAnswer: () => undefined,
};
