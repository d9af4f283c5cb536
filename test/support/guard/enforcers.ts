import { mkdtempSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  installationKey,
  openStateFolder,
  serverIdentity,
  stateLayout,
  writeAccepted,
} from '../../../server/protocol';
import type {
  ApprovalAnswer,
  ApprovalRequest,
  GrantBounds,
  Approver,
  JsonObject,
  LateAnswerListener,
  StateLayout,
} from '../../../server/protocol';
import type { ServerClaims } from '../../../server/guard/accept/inspect';
import { acceptanceRecord } from '../../../server/guard/accept/report';
import type { Enforcer, InterceptedRequest, CallDecision } from '../../../server/guard/enforcer';
import { sessionLogs } from '../../../server/guard/session/log-names';
import { readdirSync, readFileSync } from 'node:fs';
import { createEnforcer } from '../../../server/guard/decide/enforcer';
import type { EnforcerOptions, GuardedServer } from '../../../server/guard/decide/enforcer';

/** The tools of the server that enforcers are tested with. */
export const tools: readonly JsonObject[] = [
  tool('read_item', { readOnlyHint: true, openWorldHint: false }),
  tool('read_file', { readOnlyHint: true, openWorldHint: false }, { path: { type: 'string' } }),
  tool('add_item', { destructiveHint: false, openWorldHint: false }, { name: { type: 'string' } }),
  tool('delete_item', { destructiveHint: true, openWorldHint: false }, { id: { type: 'string' } }),
  tool('move_file', {}, { source: { type: 'string' }, destination: { type: 'string' } }),
];

function tool(name: string, annotations: JsonObject, properties: JsonObject = {}): JsonObject {
  return { name, description: `The tool ${name}.`, inputSchema: { type: 'object', properties }, annotations };
}

/** A human whose answers a test decides. */
class Human implements Approver {
  available = true;
  readonly asked: ApprovalRequest[] = [];
  answer: (request: ApprovalRequest, signal: AbortSignal) => ApprovalAnswer | Promise<ApprovalAnswer> = yes;
  late: LateAnswerListener = () => Promise.resolve({ kept: false });

  async approve(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer> {
    this.asked.push(request);
    return this.answer(request, signal);
  }

  onLateAnswer(listener: LateAnswerListener): void {
    this.late = listener;
  }
}

export function yes({ digest }: ApprovalRequest): ApprovalAnswer {
  return { outcome: 'granted', digest, how: 'once', approver: { name: 'Alice', via: 'window' } };
}

export function yesForTheSession({ digest }: ApprovalRequest): ApprovalAnswer {
  return { outcome: 'granted', digest, how: 'session', approver: { name: 'Alice', via: 'window' } };
}

/** A yes that is remembered so far. */
export function yesWithin(bounds: GrantBounds): (request: ApprovalRequest) => ApprovalAnswer {
  return ({ digest }) => ({
    outcome: 'granted',
    digest,
    how: 'bounded',
    bounds,
    approver: { name: 'Alice', via: 'window' },
  });
}

export function no({ digest }: ApprovalRequest): ApprovalAnswer {
  return { outcome: 'denied', digest, why: 'Alice said no.', approver: { name: 'Alice', via: 'window' } };
}

/** A state folder with enforcers that share it. */
export class World {
  readonly root = mkdtempSync(join(tmpdir(), 'gatehouse-decide-'));
  readonly layout: StateLayout = stateLayout(join(this.root, 'state'));
  readonly workspace = join(this.root, 'ws');
  readonly human = new Human();
  now = Date.UTC(2026, 0, 5, 10);
  tools: readonly JsonObject[] = tools;
  readonly #open: Enforcer[] = [];
  readonly #changes: Partial<EnforcerOptions>;

  /** @param changes for all its enforcers */
  constructor(changes: Partial<EnforcerOptions> = {}) {
    this.#changes = changes;
  }

  async end(): Promise<void> {
    await Promise.all(this.#open.map((enforcer) => enforcer.close()));
    rmSync(this.root, { recursive: true });
  }

  /** A guard of the server `items`, launched by a window. */
  guard(changes: Partial<EnforcerOptions> = {}): Enforcer {
    const enforcer = createEnforcer({ ...this.options(), ...changes });
    this.#open.push(enforcer);
    return enforcer;
  }

  options(): EnforcerOptions {
    return {
      server: {
        name: 'items',
        origin: 'user',
        definition: items,
        transport: 'stdio',
        command: 'items',
        cwd: this.workspace,
        environment: { PATH: '/usr/bin:/bin' },
      },
      workspace: { name: 'ws', folders: [this.workspace], trusted: true },
      cwd: this.workspace,
      state: this.layout.root,
      builtinPolicies: join(import.meta.dirname, '../../../policies'),
      extraPolicies: [],
      approver: this.human,
      toolSource: () => Promise.resolve(this.tools),
      user: { id: 'alice', name: 'alice', source: 'os' },
      home: join(this.root, 'home'),
      env: process.env,
      platform: process.platform,
      clock: { wall: () => this.now, monotonic: () => this.now },
      random: randomBytes,
      prompts: 'declared',
      session: { idleMinutes: 30 },
      launchedByWindow: true,
      ...this.#changes,
    };
  }

  /** Accepts a server, as `gatehouse accept` does. */
  accept(
    accepted: readonly JsonObject[] = tools,
    more: Partial<ServerClaims> = {},
    started: Partial<GuardedServer> = {},
  ): void {
    openStateFolder(this.layout.root);
    const { acceptance } = serverIdentity(
      { ...this.options().server, ...started },
      installationKey(this.layout),
    );
    const claims = { about: {}, prompts: [], resourceTemplates: [], ...more, tools: accepted };
    const who = { by: 'alice', at: new Date(this.now) };
    writeAccepted(this.layout, acceptanceRecord({ name: 'items', fingerprint: acceptance }, claims, who));
  }

  /** All records of all sessions, without their place in the chain. */
  records(): readonly Record<string, unknown>[] {
    return readdirSync(this.layout.sessions).flatMap((key) => {
      const folder = join(this.layout.sessions, key);
      return sessionLogs(folder).flatMap((name) =>
        readFileSync(join(folder, name), 'utf8')
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as Record<string, unknown>),
      );
    });
  }
}

const items: JsonObject = { type: 'stdio', command: 'items' };

/** A call of a tool by a known agent. */
export function call(
  name: string,
  args: JsonObject = {},
  changes: Partial<InterceptedRequest> = {},
): InterceptedRequest {
  return {
    method: 'tools/call',
    params: { name, arguments: args },
    agent: { name: 'Tester', version: '1', verified: true },
    signal: new AbortController().signal,
    ...changes,
  };
}

/** `forwarded`, or the refusal's message. */
export async function decided(decision: Promise<CallDecision>): Promise<string> {
  const result = await decision;
  return result.kind === 'forward' ? 'forwarded' : result.message;
}

/** The file of a policy about tools with these rules, YAML list items that are indented here. */
export function policy(rules: string): { path: string; text: string } {
  const head =
    'apiVersion: api.cerbos.dev/v1\nresourcePolicy:\n  resource: mcp:tool\n  version: default\n  rules:\n';
  return { path: 'policy.yaml', text: head + rules.replace(/^/gm, '    ') };
}
