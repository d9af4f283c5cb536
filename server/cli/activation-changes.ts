import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, printParseErrorCode } from 'jsonc-parser';
import type { ParseError } from 'jsonc-parser';
import { compilePolicySet, LineIndex, readPolicyDirectory } from '../policy';
import {
  digestOfJson,
  layerDigest,
  readActiveCopy,
  readActiveIndex,
  StateError,
  workspaceKey,
} from '../protocol';
import type {
  Activation,
  ActivationReport,
  ActiveIndex,
  FileChange,
  LayerChange,
  LayerFile,
  LayerIssue,
  LayerName,
  StateLayout,
} from '../protocol';

/** The differences, and what activating them takes. */
export interface PendingActivation {
  readonly report: ActivationReport;
  readonly activations: readonly Activation[];
  /** The index of what is in force can't be read, and is written anew by activating. */
  readonly indexIsBroken: boolean;
}

interface EditedLayer {
  readonly layer: LayerName;
  readonly files: readonly EditedFile[];
}

interface EditedFile extends LayerFile {
  /** Absolute. */
  readonly edited: string;
}

/**
 * Compares what was edited with what is in force: the user's policies and servers and, if there are folders, the
 * workspace's (`.gatehouse/policies`, `.gatehouse/mcp.json`).
 * @param folders the workspace's folders, absolute; none leaves the workspace's layers alone
 */
export async function pendingActivation(
  state: StateLayout,
  folders: readonly string[],
): Promise<PendingActivation> {
  const { broken, index } = readIndex(state);
  const edited = await editedLayers(state, folders);
  const changes: LayerChange[] = [];
  const activations: Activation[] = [];
  for (const { files, layer } of edited) {
    const digest = files.length === 0 ? undefined : layerDigest(files);
    const current = Object.hasOwn(index.layers, layer) ? index.layers[layer] : undefined;
    const copy = current === undefined ? [] : readCopy(state, current);
    if (digest === current && copy !== undefined) {
      continue;
    }
    changes.push({
      layer,
      files: differences(state, files, copy ?? [], current),
      issues: issuesOf(layer, files),
      acceptedBefore: digest !== undefined && index.accepted.includes(digest),
    });
    activations.push([
      layer,
      digest === undefined ? undefined : files.map(({ path, text }) => ({ path, text })),
    ]);
  }
  const digest = digestOfJson(
    activations.map(([layer, files]) => [layer, files === undefined ? null : layerDigest(files)]),
  );
  return { report: { digest, changes }, activations, indexIsBroken: broken };
}

function readIndex(state: StateLayout): { readonly index: ActiveIndex; readonly broken: boolean } {
  try {
    return { index: readActiveIndex(state), broken: false };
  } catch (error) {
    if (error instanceof StateError) {
      return { index: { version: 1, layers: {}, accepted: [] }, broken: true };
    }
    throw error;
  }
}

function readCopy(state: StateLayout, digest: string): readonly LayerFile[] | undefined {
  try {
    return readActiveCopy(state, digest);
  } catch {
    return undefined;
  }
}

async function editedLayers(state: StateLayout, folders: readonly string[]): Promise<readonly EditedLayer[]> {
  const user: readonly EditedLayer[] = [
    { layer: 'policies:user', files: await policiesIn(state.policies, '') },
    { layer: 'servers:user', files: serversIn(state.servers) },
  ];
  if (folders.length === 0) {
    return user;
  }
  const key = workspaceKey(folders);
  const several = folders.length > 1;
  const policies: EditedFile[] = [];
  for (const [index, folder] of folders.entries()) {
    // Folders may have files of the same name.
    policies.push(...(await policiesIn(join(folder, '.gatehouse', 'policies'), several ? `${index}/` : '')));
  }
  const servers = folders.map((folder) => serversIn(join(folder, '.gatehouse', 'mcp.json')));
  return [
    ...user,
    { layer: `policies:workspace:${key}`, files: policies },
    { layer: `servers:workspace:${key}`, files: servers.find((files) => files.length > 0) ?? [] },
  ];
}

async function policiesIn(folder: string, prefix: string): Promise<readonly EditedFile[]> {
  if (!existsSync(folder)) {
    return [];
  }
  const files = await readPolicyDirectory(folder);
  return files.map(({ path, text }) => ({
    path: prefix + path,
    text,
    edited: join(folder, ...path.split('/')),
  }));
}

function serversIn(path: string): readonly EditedFile[] {
  return existsSync(path) ? [{ path: 'mcp.json', text: readFileSync(path, 'utf8'), edited: path }] : [];
}

function differences(
  state: StateLayout,
  edited: readonly EditedFile[],
  active: readonly LayerFile[],
  digest: string | undefined,
): readonly FileChange[] {
  const before = new Map(active.map(({ path, text }) => [path, text]));
  const left = new Set(edited.map(({ path }) => path));
  const copyOf = (path: string): string => join(state.active, digest ?? '', ...path.split('/'));
  const changed = edited.flatMap((file): FileChange[] => {
    const { path, text } = file;
    const activeText = before.get(path);
    const after = { edited: file.edited, editedText: text };
    if (activeText === undefined) {
      return [{ change: 'added', path, ...after }];
    }
    return activeText === text
      ? []
      : [{ change: 'changed', path, ...after, active: copyOf(path), activeText }];
  });
  const removed = active.filter(({ path }) => !left.has(path));
  return [
    ...changed,
    ...removed.map(({ path, text }): FileChange => ({
      change: 'removed',
      path,
      active: copyOf(path),
      activeText: text,
    })),
  ];
}

function issuesOf(layer: LayerName, files: readonly EditedFile[]): readonly LayerIssue[] {
  if (layer.startsWith('servers:')) {
    return files.flatMap(serverIssues);
  }
  if (files.length === 0) {
    return [];
  }
  const { issues, set } = compilePolicySet(files);
  return issues.map(({ file, line, message, severity }) => ({
    // What is wrong with a test suite keeps no policy from deciding.
    severity: severity === 'error' && set !== undefined ? 'warning' : severity,
    message,
    file,
    line,
  }));
}

/** VS Code's format: JSON with comments, servers by name under `servers`. */
function serverIssues({ path, text }: EditedFile): readonly LayerIssue[] {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const lines = new LineIndex(text);
  const found = errors.map(({ error, offset }): LayerIssue => ({
    severity: 'error',
    message: `This is not JSON: ${printParseErrorCode(error)}.`,
    file: path,
    line: lines.position(offset).line + 1,
  }));
  const servers: unknown = isObject(value) ? value['servers'] : undefined;
  if (found.length === 0 && !isObject(servers)) {
    return [
      {
        severity: 'error',
        message: '"servers" is missing: {"servers": {"NAME": {…}}}.',
        file: path,
        line: 1,
      },
    ];
  }
  return found;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
