import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  digestOfJson,
  identityFrom,
  installationKey,
  messageOf,
  openStateFolder,
  rememberWorkspace,
  serverFacts,
  sessionWorkspace,
  StateError,
  stateLayout,
  workspaceKey,
} from '../../protocol';
import type { JsonObject, ServerFacts, ServerIdentity, StateLayout } from '../../protocol';
import type { Enforcer, InterceptedRequest, ListKind, OutcomeStatus, CallDecision } from '../enforcer';
import { withReplacements } from '../paths/resolved-arguments';
import { maskText } from '../request/mask';
import { digestOf, MalformedParams, subjectOf } from '../request/subject';
import type { Subject } from '../request/subject';
import { logLimits } from '../session/session-logs';
import { sessionPlace } from '../session/session-place';
import type { SessionPlace } from '../session/session-place';
import { SessionStore } from '../session/session-store';
import { CallAuthorizer } from './authorize/call-authorizer';
import { CallReader } from './gather/call';
import type { Call } from './gather/call';
import { ToolBook } from './gather/tool-book';
import { listTools } from './list/listing';
import { shownAbout, shownList } from './list/shown';
import type { EnforcerOptions } from './options';
import { ownRefusal } from './policies/decide';
import { LayerStore, signatureOf } from './policies/layers';
import { refusalText } from './refusal-text';

export type { EnforcerOptions, GuardedServer } from './options';

/** How often a change of policies is looked for, so that clients list tools anew without a call. */
const watchMs = 1_000;
const longestDetail = 500;

/** The policy enforcement point. Never throws: what can't be set up is the reason of every refusal. */
export function createEnforcer(options: EnforcerOptions): Enforcer {
  return new PolicyEnforcer(options);
}

class PolicyEnforcer implements Enforcer {
  readonly #options: EnforcerOptions;
  readonly #facts: ServerFacts;
  readonly #layout: StateLayout;
  readonly #layers: LayerStore;
  readonly #book: ToolBook;
  readonly #session: SessionStore;
  readonly #authorizer: CallAuthorizer;
  readonly #reader: CallReader;
  readonly #listeners: (() => void)[] = [];
  readonly #timer: NodeJS.Timeout;
  #seen: string;
  #ready: StateLayout | undefined;
  #identity: ServerIdentity | undefined;

  constructor(options: EnforcerOptions) {
    this.#options = options;
    const { builtinPolicies, clock, cwd, launchedByWindow, random, server, session, state, workspace } =
      options;
    const folders = launchedByWindow || workspace.folders.length > 0 ? workspace.folders : [cwd];
    this.#facts = serverFacts(server);
    this.#layout = stateLayout(state);
    this.#layers = new LayerStore({
      layout: this.#layout,
      builtin: builtinPolicies,
      extra: options.extraPolicies,
      workspaceKey: workspaceKey(folders),
    });
    this.#book = new ToolBook(
      this.#layout,
      () => this.#acceptance(),
      (line) => options.log?.(line),
    );
    this.#session = new SessionStore({
      place: () => this.#place({ name: workspace.name, folders }),
      // Less would make every call a session of its own, and limits on sessions pointless.
      idleMinutes: Math.max(1, session.idleMinutes),
      limits: { ...logLimits, kept: keptFor(session.keepDays) },
      clock,
      random,
    });
    this.#reader = new CallReader(options, () => this.#identified(), guardedFolders(state, builtinPolicies));
    this.#authorizer = new CallAuthorizer({
      options,
      layers: this.#layers,
      book: this.#book,
      session: this.#session,
      reader: this.#reader,
      identity: () => this.#identified(),
    });
    this.#seen = this.#stateOfThings();
    this.#timer = setInterval(() => this.#watch(), watchMs).unref();
  }

  prepare(): void {
    // Read, and compiled.
    this.#layers.current();
  }

  async decide(request: InterceptedRequest): Promise<CallDecision> {
    const id = this.#options.random(8).toString('hex');
    let what = 'this request';
    try {
      this.#prepare();
      const subject = subjectFor(request);
      what = subject.name;
      return await this.#authorizer.authorize(this.#call(id, subject, request));
    } catch (error) {
      this.#options.log?.(`decision ${id} failed: ${messageOf(error)}`);
      const malformed = error instanceof MalformedParams;
      const rule = malformed ? 'malformed-request' : 'guard-failed';
      const refusal = ownRefusal(
        rule,
        malformed || error instanceof StateError ? error.message : failure(error),
      );
      const message = refusalText(what, refusal, malformed ? 'malformed' : 'repair');
      return { kind: 'refuse', id, message, data: { id, effect: 'deny', rule, policy: '' } };
    }
  }

  outcome(id: string, status: OutcomeStatus, detail?: string): void {
    const bounded = detail === undefined ? {} : { detail: maskText(detail).slice(0, longestDetail) };
    this.#session
      .noteLater({ type: 'outcome', id, status, ...bounded })
      .catch((error: unknown) => this.#options.log?.(`outcome of ${id} not recorded: ${messageOf(error)}`));
  }

  list(kind: ListKind, items: readonly JsonObject[]): readonly JsonObject[] {
    if (kind !== 'tools') {
      return shownList(kind, items, this.#book.accepted());
    }
    return listTools(items, {
      server: this.#options.server.name,
      book: this.#book,
      layers: this.#layers.current(),
      replacePrompts: this.#options.prompts === 'replace',
    });
  }

  initialized(result: JsonObject): JsonObject {
    this.#book.initialized(result);
    return shownAbout(result, this.#book.accepted(), this.#options.server.name);
  }

  get accepted(): boolean {
    return this.#book.accepted() !== undefined;
  }

  onPolicyChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#authorizer.close();
    await this.#session.close();
  }

  /** Where the calls are counted and recorded: with those of the workspace around this one, if there is one. */
  #place(workspace: SessionPlace['workspace']): SessionPlace {
    const { clock, home, user } = this.#options;
    const layout = this.#layout;
    const now = clock.wall();
    const found = sessionWorkspace(layout, user.id, workspace, home, now);
    rememberWorkspace(layout, user.id, found, now);
    if (found.isAround) {
      this.#options.log?.(
        `calls count in the agent session of ${found.folders.join(', ')}, which is around this folder`,
      );
    }
    return sessionPlace(layout, { id: user.id, name: user.name }, found);
  }

  /** Only when something is asked: a guard that is merely probed leaves nothing behind. */
  #prepare(): void {
    this.#ready ??= openStateFolder(this.#layout.root);
  }

  /** @throws {StateError} if the installation key can't be used */
  #identified(): ServerIdentity {
    this.#identity ??= identityFrom(this.#facts, installationKey(this.#layout));
    return this.#identity;
  }

  /** Where nothing was ever set up, nothing is accepted, and looking for it must not make a key. */
  #acceptance(): string | undefined {
    if (this.#identity === undefined && !existsSync(this.#layout.key)) {
      return undefined;
    }
    try {
      return this.#identified().acceptance;
    } catch (error) {
      this.#options.log?.(messageOf(error));
      return undefined;
    }
  }

  #call(id: string, sent: Subject, request: InterceptedRequest): Call {
    const { agent, inexactNumbers, roots, signal } = request;
    const by = this.#reader.replacements(sent, roots);
    const subject = by.length === 0 ? sent : { ...sent, args: withReplacements(sent.args, by) };
    return {
      id,
      subject,
      ...(by.length > 0 && { replaced: { sent: sent.args, by } }),
      digest: digestOf(subject, this.#identified().fingerprint, inexactNumbers),
      agent,
      roots,
      signal,
    };
  }

  #watch(): void {
    const now = this.#stateOfThings();
    if (now !== this.#seen) {
      this.#seen = now;
      for (const listener of this.#listeners) {
        listener();
      }
    }
  }

  #stateOfThings(): string {
    return digestOfJson([signatureOf(this.#layout.activeIndex), this.#book.signature()]);
  }
}

/** Milliseconds that logs are kept. */
function keptFor(days = 0): number {
  return days >= 1 ? days * 24 * 60 * 60_000 : Infinity;
}

/**
 * The folders that decisions depend on, which no call may change: the state, the built-in policies, the programs beside
 * them.
 */
function guardedFolders(state: string, builtinPolicies: string): readonly string[] {
  return [state, builtinPolicies, join(dirname(builtinPolicies), 'dist')];
}

function subjectFor({ method, other, params }: InterceptedRequest): Subject {
  return subjectOf(method, params, other);
}

function failure(error: unknown): string {
  return `the decision could not be made or recorded: ${messageOf(error)}`;
}
