import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compilePolicySet, fileRole } from '../../../policy';
import type { PolicyFile, PolicySet } from '../../../policy';
import {
  layerDigest,
  messageOf,
  readActiveCopy,
  readActiveIndex,
  replacesBase,
  sha256,
  StateError,
} from '../../../protocol';
import type { LayerFile, LayerName, StateLayout } from '../../../protocol';

/** One of the policy sets that a request is put to. */
export interface PolicyLayer {
  readonly name: 'user' | 'base' | 'guardrails' | 'workspace' | 'extra';
  readonly set: PolicySet;
  readonly digest: string;
}

/** The policies in force; or why there are none, so that nothing can be allowed. */
export type Layers =
  | {
      readonly kind: 'ready';
      /** The user's come first, then the base unless the user's replace it. */
      readonly policyLayers: readonly PolicyLayer[];
      /** Of all policies together. */
      readonly digest: string;
    }
  | { readonly kind: 'broken'; readonly reason: string };

interface LayerOptions {
  readonly layout: StateLayout;
  /** Folder with `base/` and `guardrails/`; part of the installation. */
  readonly builtin: string;
  /** Folders that only add denials. */
  readonly extra: readonly string[];
  /** The key of the workspace whose activated policies count. */
  readonly workspaceKey: string;
}

/**
 * Keeps the policies in force compiled. What ships with Gatehouse and what the command line names is read once; the
 * activated copies are read again whenever another copy is in force, which costs one `stat` to see.
 */
export class LayerStore {
  readonly #options: LayerOptions;
  readonly #compiled = new Map<string, PolicySet>();
  #fixed:
    | { readonly base: PolicyLayer; readonly others: readonly PolicyLayer[] }
    | { readonly reason: string }
    | undefined;
  #signature: string | undefined;
  #current: Layers | undefined;

  constructor(options: LayerOptions) {
    this.#options = options;
  }

  /** The policies in force now. Never throws: a failure is `broken`, and the next call tries again. */
  current(): Layers {
    const signature = signatureOf(this.#options.layout.activeIndex);
    if (this.#current?.kind !== 'ready' || signature !== this.#signature) {
      this.#signature = signature;
      this.#current = this.#read();
    }
    return this.#current;
  }

  #read(): Layers {
    try {
      const fixed = this.#readFixed();
      const index = readActiveIndex(this.#options.layout);
      const user = this.#active('user', 'policies:user', index.layers);
      const workspaceLayer: LayerName = `policies:workspace:${this.#options.workspaceKey}`;
      const workspace = this.#active('workspace', workspaceLayer, index.layers);
      const policyLayers = [
        ...(user === undefined ? [] : [user]),
        ...(user !== undefined && replacesBase(index) ? [] : [fixed.base]),
        ...fixed.others,
        ...(workspace === undefined ? [] : [workspace]),
      ];
      const digest = sha256(policyLayers.map((layer) => `${layer.name} ${layer.digest}\n`).join(''));
      return { kind: 'ready', policyLayers, digest };
    } catch (error) {
      return { kind: 'broken', reason: messageOf(error) };
    }
  }

  #active(
    name: PolicyLayer['name'],
    layer: LayerName,
    layers: Readonly<Record<string, string>>,
  ): PolicyLayer | undefined {
    const digest = Object.hasOwn(layers, layer) ? layers[layer] : undefined;
    if (digest === undefined) {
      return undefined;
    }
    const set =
      this.#compiled.get(digest) ?? compiled(readActiveCopy(this.#options.layout, digest), titles[name]);
    this.#compiled.set(digest, set);
    return { name, set, digest };
  }

  #readFixed(): { readonly base: PolicyLayer; readonly others: readonly PolicyLayer[] } {
    this.#fixed ??= this.#compileFixed();
    if ('reason' in this.#fixed) {
      throw new StateError(this.#fixed.reason);
    }
    return this.#fixed;
  }

  /** A folder that can't be used stays so until the guard starts again: nobody may swap it for a laxer one. */
  #compileFixed():
    { readonly base: PolicyLayer; readonly others: readonly PolicyLayer[] } | { readonly reason: string } {
    try {
      const { builtin, extra } = this.#options;
      const base = fixedLayer('base', join(builtin, 'base'), titles.base);
      const guardrails = fixedLayer('guardrails', join(builtin, 'guardrails'), titles.guardrails);
      const extras = extra.map((folder) => fixedLayer('extra', folder, `policies in ${folder}`));
      return { base, others: [guardrails, ...extras] };
    } catch (error) {
      return { reason: messageOf(error) };
    }
  }
}

const titles = {
  user: "user's active policies",
  base: 'built-in base policies',
  guardrails: 'built-in guardrails',
  workspace: "workspace's active policies",
  extra: 'additional policies',
} as const;

function fixedLayer(name: PolicyLayer['name'], folder: string, title: string): PolicyLayer {
  let files: readonly PolicyFile[];
  try {
    files = readPolicies(folder, '');
  } catch (error) {
    throw new StateError(`The ${title} can't be read: ${messageOf(error)}.`, { cause: error });
  }
  if (files.length === 0) {
    throw new StateError(`There are no policies in ${folder}.`);
  }
  return { name, set: compiled(files, title), digest: layerDigest(files) };
}

/**
 * The policies that are in force, with those of a folder in place of the user's.
 * @throws {StateError} if they can't be read, or do not compile
 */
export function withUserPolicies(
  policyLayers: readonly PolicyLayer[],
  folder: string,
): readonly PolicyLayer[] {
  const user = fixedLayer('user', folder, `policies in ${folder}`);
  return [user, ...policyLayers.filter(({ name }) => name !== 'user')];
}

/** Only what decides: suites and fixtures are for tests. */
function compiled(files: readonly LayerFile[], title: string): PolicySet {
  const { issues, set } = compilePolicySet(files.filter(({ path }) => decides(path)));
  if (set !== undefined) {
    return set;
  }
  const first = issues.find((issue) => issue.severity === 'error');
  const where = first === undefined ? '' : `: ${first.file}:${first.line}: ${first.message} (${first.code})`;
  throw new StateError(`The ${title} do not compile${where}.`);
}

function decides(path: string): boolean {
  const role = fileRole(path);
  return role === 'policy' || role === 'schema';
}

function readPolicies(root: string, prefix: string): readonly PolicyFile[] {
  return readdirSync(join(root, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) {
      return readPolicies(root, path);
    }
    return decides(path) ? [{ path, text: readFileSync(join(root, path), 'utf8') }] : [];
  });
}

/** Changes whenever a file is replaced or written to. */
export function signatureOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? '' : [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(' ');
}
