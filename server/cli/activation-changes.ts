import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, printParseErrorCode } from 'jsonc-parser';
import type { ParseError } from 'jsonc-parser';
import { compilePolicySet, fileRole, LineIndex } from '../policy';
import {
  digestOfJson,
  layerDigest,
  readActiveCopy,
  readActiveIndex,
  replacesBase,
  StateError,
  workspaceKey,
} from '../protocol';
import { baseChange, testsOf } from './activation-tests';
import { strayLinks } from './contained-files';
import type { CompiledPolicies } from '../policy';
import type {
  Activation,
  ActivationReport,
  ActiveIndex,
  BaseMode,
  FileChange,
  LayerChange,
  LayerFile,
  LayerIssue,
  LayerName,
  StateLayout,
} from '../protocol';
import { readPolicyDirectory } from '../policy/folder';

/** The differences, and what activating them takes. */
interface PendingActivation {
  readonly report: ActivationReport;
  readonly activations: readonly Activation[];
  /** The index of what is in force can't be read, and is written anew by activating. */
  readonly indexIsBroken: boolean;
  readonly base: BaseMode;
}

interface EditedLayer {
  readonly layer: LayerName;
  readonly files: readonly EditedFile[];
  /** Links that lead out of the layer: then nothing of it was read. */
  readonly strays: readonly LayerIssue[];
}

interface EditedFile extends LayerFile {
  /** Absolute. */
  readonly edited: string;
}

/**
 * Compares what was edited with what is in force: the user's policies and servers and, if there are folders, the
 * workspace's (`.gatehouse/policies`, `.gatehouse/mcp.json`).
 * @param folders the workspace's folders, absolute; none leaves the workspace's layers alone
 * @param builtin the folder of the built-in base policies
 * @param wanted what is to become of those; what became of them so far, if not given
 */
export async function pendingActivation(
  state: StateLayout,
  folders: readonly string[],
  builtin: string,
  wanted?: BaseMode,
): Promise<PendingActivation> {
  const { broken, index } = readIndex(state);
  const before: BaseMode = replacesBase(index) ? 'replaced' : 'extended';
  const base = wanted ?? before;
  const edited = await editedLayers(state, folders);
  const changes: LayerChange[] = [];
  const activations: Activation[] = [];
  for (const { files, layer, strays } of edited) {
    if (strays.length > 0) {
      changes.push({ layer, files: [], issues: strays, acceptedBefore: false });
      continue;
    }
    const digest = files.length === 0 ? undefined : layerDigest(files);
    const current = Object.hasOwn(index.layers, layer) ? index.layers[layer] : undefined;
    const copy = current === undefined ? [] : readCopy(state, current);
    const isOwn = layer === 'policies:user' && digest !== undefined;
    if (digest === current && copy !== undefined && !(isOwn && base !== before)) {
      continue;
    }
    const compiled = layer.startsWith('policies:') ? compilePolicySet(files) : undefined;
    const tests = compiled && testsOf(compiled);
    changes.push({
      layer,
      files: differences(state, files, copy ?? [], current),
      issues: issuesOf(layer, files, compiled),
      ...(tests !== undefined && { tests }),
      ...(isOwn && {
        base: baseChange(files, base === 'replaced' ? await readPolicyDirectory(builtin) : [], base),
      }),
      acceptedBefore: digest !== undefined && index.accepted.includes(digest),
    });
    activations.push([
      layer,
      digest === undefined ? undefined : files.map(({ path, text }) => ({ path, text })),
    ]);
  }
  const digest = digestOfJson([
    base,
    ...activations.map(([layer, files]) => [layer, files === undefined ? null : layerDigest(files)]),
  ]);
  return { report: { digest, changes }, activations, indexIsBroken: broken, base };
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

/** The files of a layer, and an issue for each link that is not followed. */
interface Contents {
  readonly files: readonly EditedFile[];
  readonly strays: readonly LayerIssue[];
}

async function editedLayers(state: StateLayout, folders: readonly string[]): Promise<readonly EditedLayer[]> {
  const user: readonly EditedLayer[] = [
    // The folder itself may be a link: whoever can make one there is the user.
    { layer: 'policies:user', ...(await policiesIn(state.policies, state.policies, '')) },
    { layer: 'servers:user', ...serversIn(state.servers, state.root) },
  ];
  if (folders.length === 0) {
    return user;
  }
  const key = workspaceKey(folders);
  const several = folders.length > 1;
  const policies: Contents[] = [];
  for (const [index, folder] of folders.entries()) {
    // Folders may have files of the same name.
    const prefix = several ? `${index}/` : '';
    policies.push(await policiesIn(join(folder, '.gatehouse', 'policies'), folder, prefix));
  }
  const servers = folders.map((folder) => serversIn(join(folder, '.gatehouse', 'mcp.json'), folder));
  return [
    ...user,
    {
      layer: `policies:workspace:${key}`,
      files: policies.flatMap(({ files }) => files),
      strays: policies.flatMap(({ strays }) => strays),
    },
    {
      layer: `servers:workspace:${key}`,
      files: servers.find(({ files }) => files.length > 0)?.files ?? [],
      strays: servers.flatMap(({ strays }) => strays),
    },
  ];
}

async function policiesIn(folder: string, within: string, prefix: string): Promise<Contents> {
  if (!existsSync(folder)) {
    return { files: [], strays: straysIn(folder, within, prefix) };
  }
  const before = straysIn(folder, within, prefix);
  if (before.length > 0) {
    return { files: [], strays: before };
  }
  const files = await readPolicyDirectory(folder);
  // A link that was put there while the files were read: what was read is forgotten.
  const strays = straysIn(folder, within, prefix);
  return {
    files:
      strays.length > 0
        ? []
        : files.map(({ path, text }) => ({
            path: prefix + path,
            text,
            edited: join(folder, ...path.split('/')),
          })),
    strays,
  };
}

function serversIn(path: string, within: string): Contents {
  const name = 'mcp.json';
  const before = straysIn(path, within, name);
  if (before.length > 0 || !existsSync(path)) {
    return { files: [], strays: before };
  }
  const text = readFileSync(path, 'utf8');
  const strays = straysIn(path, within, name);
  return { files: strays.length > 0 ? [] : [{ path: name, text, edited: path }], strays };
}

/** The text of what such a link leads to must never be shown: it may be anything that the person can read. */
function straysIn(path: string, within: string, prefix: string): readonly LayerIssue[] {
  return strayLinks(path, within, (file) => fileRole(file) !== 'ignored').map((link) => ({
    severity: 'error',
    message: 'This is a symbolic link that leads out of the folder, or nowhere. Put a copy in its place.',
    file: `${prefix}${link.path}` || '.gatehouse/policies',
    line: 1,
  }));
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

function issuesOf(
  layer: LayerName,
  files: readonly EditedFile[],
  compiled: CompiledPolicies | undefined,
): readonly LayerIssue[] {
  if (layer.startsWith('servers:')) {
    return files.flatMap(serverIssues);
  }
  if (files.length === 0 || compiled === undefined) {
    return [];
  }
  const { issues, set } = compiled;
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
