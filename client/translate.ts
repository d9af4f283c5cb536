/**
 * `vscode.l10n.t`, passed to what must run without VS Code. `{0}`, `{1}` … in the message stand for the arguments.
 * The message must be a literal at every call, so that it can be found for translation.
 */
export type Translate = (message: string, ...args: (string | number)[]) => string;

/** Fills in the arguments and translates nothing; for tests. */
export const untranslated: Translate = (message, ...args) =>
  message.replace(/\{(\d+)\}/g, (whole, index: string) => String(args[Number(index)] ?? whole));
