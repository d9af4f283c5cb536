import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { digestOfJson } from '../../../protocol';
import type { JsonObject, ServerIdentity } from '../../../protocol';
import type { AgentIdentity } from '../../enforcer';
import { callEffect } from '../../facts/call-effect';
import { pathClass } from '../../facts/path-class';
import type { PathContext, PathFact } from '../../paths/context';
import { bothForms, locatePaths, takesTrees } from '../../paths/locate';
import { resolvedArguments } from '../../paths/resolved-arguments';
import type { Replacement } from '../../paths/resolved-arguments';
import type { RequestFacts } from '../../request/build';
import { readGitFacts } from '../../request/git-head';
import type { GitFacts } from '../../request/git-head';
import type { ClassifiedPath } from '../../request/request-model';
import type { Subject } from '../../request/subject';
import { unexpectedArguments } from '../../request/unexpected';
import type { EnforcerOptions } from '../options';
import type { Binding } from './binding';
import type { Rewording, ToolFacts } from './tool-book';

/** A request on its way to a decision: everything about it that does not depend on the session. */
export interface Call {
  readonly id: string;
  readonly subject: Subject;
  readonly digest: string;
  readonly agent: AgentIdentity;
  readonly roots: readonly string[] | undefined;
  readonly signal: AbortSignal;
  /** The arguments as sent, and the paths replaced in them. Missing if nothing was replaced. */
  readonly replaced?: { readonly sent: JsonObject; readonly by: readonly Replacement[] };
}

/** The facts of this moment: a call that waited for a human gets them anew. */
export type Surroundings = Omit<RequestFacts, 'session'>;

type CallReaderOptions = Pick<
  EnforcerOptions,
  | 'clock'
  | 'cwd'
  | 'env'
  | 'forwardResolvedPaths'
  | 'home'
  | 'launchedByWindow'
  | 'platform'
  | 'server'
  | 'user'
  | 'workspace'
>;

/** Collects the facts that a call's decision depends on outside the session: paths, tool, Git, workspace. */
export class CallReader {
  readonly #options: CallReaderOptions;
  readonly #identity: () => ServerIdentity;
  readonly #guarded: readonly string[];
  readonly #givenFolders: readonly string[];
  #git: { readonly at: number; readonly facts: GitFacts | undefined } | undefined;

  /** @param guarded folders that no agent may touch: state folder, installation */
  constructor(options: CallReaderOptions, identity: () => ServerIdentity, guarded: readonly string[]) {
    this.#options = options;
    this.#identity = identity;
    this.#guarded = bothForms(guarded, options.platform);
    this.#givenFolders = foldersIn(options.server.args ?? []);
  }

  /**
   * @param tool only for calls of tools
   * @param accepted whether a human has accepted the server
   */
  surroundings(call: Call, tool: ToolFacts | undefined, accepted: boolean): Surroundings {
    const { server, user, workspace } = this.#options;
    const folders = this.#folders(call.roots);
    const git = this.#gitFacts(folders[0]);
    const schema = tool?.inputSchema;
    return {
      subject: call.subject,
      user,
      agent: call.agent,
      server: {
        name: server.name,
        origin: server.origin,
        fingerprint: this.#identity().fingerprint,
        accepted,
        transport: server.transport,
        ...(server.command === undefined ? {} : { command: server.command }),
        ...(server.url === undefined ? {} : { url: server.url }),
      },
      ...(tool === undefined ? {} : { tool: toolFacts(call.subject, tool) }),
      paths: this.#paths(call, schema, this.#pathContext(call, folders, tool)).map(classified),
      workspace: {
        name: workspace.name,
        trusted: workspace.trusted,
        folders,
        ...(git === undefined ? {} : { git }),
      },
    };
  }

  /** The paths of a tool call's arguments that can be given without links, where the user wants that. */
  replacements({ kind, name, args }: Subject, roots: readonly string[] | undefined): readonly Replacement[] {
    if (this.#options.forwardResolvedPaths !== true || kind !== 'mcp:tool') {
      return [];
    }
    const context = this.#pathContext({ roots, subject: { kind, name } }, this.#folders(roots), undefined);
    return resolvedArguments(args, { ...context, takesTrees: takesTrees(name) });
  }

  /** Also of what was sent, where something else is forwarded. */
  #paths(
    { replaced, subject }: Call,
    schema: JsonObject | undefined,
    context: PathContext,
  ): readonly PathFact[] {
    const forwarded = locatePaths(subject.named ?? subject.args, schema, context);
    if (replaced === undefined) {
      return forwarded;
    }
    const known = new Set(forwarded.map((fact) => JSON.stringify(fact)));
    const sent = locatePaths(replaced.sent, schema, context);
    return [...forwarded, ...sent.filter((fact) => !known.has(JSON.stringify(fact)))];
  }

  binding(
    call: Call,
    { paths, tool }: Surroundings,
    rewording: Rewording | undefined,
    agent: string,
    policies: string,
  ): Binding {
    const { subject } = call;
    // Which words a person was told of, and not whether another call has told of them meanwhile.
    const bound = tool && { ...tool, reworded: rewording?.digests ?? [] };
    // JSON by construction; its interfaces only lack an index signature.
    const circumstances = { call: call.digest, paths, tool: bound ?? null } as unknown as JsonObject;
    return {
      user: this.#options.user.id,
      agent,
      launch: this.#identity().launch,
      kind: subject.kind,
      tool: subject.name,
      digest: digestOfJson(circumstances),
      policies,
    };
  }

  /**
   * The workspace's folders: the window's (which may have none) or `--workspace`; else the client's roots; else the working directory. One
   * that would make the whole machine or the whole home folder the workspace does not count, unless a human named it.
   */
  #folders(roots: readonly string[] | undefined): readonly string[] {
    const { cwd, home, launchedByWindow, workspace } = this.#options;
    if (launchedByWindow || workspace.folders.length > 0) {
      return workspace.folders;
    }
    const claimed = roots !== undefined && roots.length > 0 ? roots : [cwd];
    return claimed.filter((folder) => !holds(folder, home));
  }

  #pathContext(
    call: { readonly roots: Call['roots']; readonly subject: Pick<Subject, 'kind' | 'name'> },
    folders: readonly string[],
    tool: ToolFacts | undefined,
  ): PathContext {
    const { env, home, platform, server } = this.#options;
    return {
      platform,
      folders,
      bases: [...new Set([server.cwd, ...folders, ...(call.roots ?? []), ...this.#givenFolders])],
      home,
      guarded: this.#guarded,
      env,
      readOnly:
        tool?.annotations.readOnlyHint ??
        (call.subject.kind !== 'mcp:tool' && call.subject.kind !== 'mcp:other'),
      takesTrees: tool !== undefined && takesTrees(call.subject.name),
    };
  }

  /** Read at most every other second: lists of calls come in bursts. */
  #gitFacts(folder: string | undefined): GitFacts | undefined {
    if (folder === undefined) {
      return undefined;
    }
    const now = this.#options.clock.monotonic();
    if (this.#git === undefined || Math.abs(now - this.#git.at) > 2_000) {
      this.#git = { at: now, facts: readGitFacts(folder) };
    }
    return this.#git.facts;
  }
}

/** The folders that a server was given on its command line: many take relative paths from there. */
function foldersIn(args: readonly string[]): readonly string[] {
  return args
    .map((arg) => /^--?[\w-]+=(.*)$/s.exec(arg)?.[1] ?? arg)
    .filter((arg) => isAbsolute(arg) && isFolder(arg));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function holds(folder: string, inner: string): boolean {
  const outer = folder.replace(/[\\/]+$/, '');
  return inner === outer || inner.startsWith(`${outer}/`) || inner.startsWith(`${outer}\\`);
}

/** A tool and what a call of it does, as policies see them. */
export function toolFacts({ args, name }: Subject, tool: ToolFacts): NonNullable<Surroundings['tool']> {
  const { accepted, annotations, changed, declared, inputSchema, rewording, title } = tool;
  return {
    ...(title === undefined ? {} : { title }),
    accepted,
    changed,
    reworded: rewording?.noticed === false,
    annotations,
    unexpected: unexpectedArguments(args, inputSchema),
    effect: callEffect({ name, ...(title === undefined ? {} : { title }), declared, args, inputSchema }),
  };
}

/** A path as policies see it. */
export function classified(fact: PathFact): ClassifiedPath {
  return { ...fact, class: fact.protected ? 'protected' : pathClass(fact.path) };
}
