/** The values that `${…}` in a server's definition can refer to. */
export interface Variables {
  /** The workspace's folders in the window's order; `fsPath` absolute. */
  readonly folders: readonly { readonly name: string; readonly fsPath: string }[];
  readonly userHome: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pathSeparator: string;
}

/** A variable has no value here, or is of a kind that is not supported yet. */
export class SubstitutionError extends Error {
  override readonly name = 'SubstitutionError';
}

/**
 * Replaces VS Code's variables in a text. Values are inserted as they are: a `${…}` in one is not replaced again.
 * @throws {SubstitutionError} with what can't be replaced and why
 */
export function substitute(text: string, variables: Variables): string {
  return text.replace(/\$\{([^}]*)\}/g, (whole, expression: string) => valueOf(whole, expression, variables));
}

function valueOf(whole: string, expression: string, variables: Variables): string {
  const colon = expression.indexOf(':');
  const name = colon < 0 ? expression : expression.slice(0, colon);
  const argument = colon < 0 ? undefined : expression.slice(colon + 1);
  switch (name) {
    case 'workspaceFolder':
      return folder(whole, argument, variables).fsPath;
    case 'workspaceFolderBasename':
      return baseName(folder(whole, argument, variables).fsPath);
    case 'userHome':
      return variables.userHome;
    case 'pathSeparator':
    case '/':
      return variables.pathSeparator;
    case 'env':
      // Like VS Code: a variable that is not set is empty.
      return variables.env[argument ?? ''] ?? '';
    default:
      throw new SubstitutionError(`${whole} is not supported yet. Write its value, or use \${env:NAME}.`);
  }
}

function folder(
  whole: string,
  name: string | undefined,
  { folders }: Variables,
): { readonly fsPath: string } {
  const found = name === undefined ? folders[0] : folders.find((candidate) => candidate.name === name);
  if (found === undefined) {
    throw new SubstitutionError(
      name === undefined ? `${whole} has no value: no folder is open.` : `${whole}: no folder has that name.`,
    );
  }
  return found;
}

function baseName(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}
