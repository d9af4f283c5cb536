// A guard in a process of its own, for tests of several: it does what its parent sends, and tells how it came out.
import { appendFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import type { Approver, GrantBounds, JsonObject } from '../../../server/protocol';
import { systemClock } from '../../../server/protocol';
import type { Enforcer } from '../../../server/guard/enforcer';
import { createEnforcer } from '../../../server/guard/decide/enforcer';
import type { GuardedServer } from '../../../server/guard/decide/enforcer';

/** A message from the parent process. */
export type Order =
  | {
      readonly kind: 'open';
      readonly state: string;
      readonly workspace: string;
      readonly builtinPolicies: string;
      readonly server: GuardedServer;
      readonly tools: readonly JsonObject[];
      /** How the human answers all questions; `yes`, once, if left out. */
      readonly answer?: 'no' | GrantBounds;
      /** The upstream: a file that gets the decision's id of each call that is forwarded. */
      readonly received?: string;
    }
  | { readonly kind: 'call'; readonly tool: string }
  | { readonly kind: 'call-for-ever'; readonly tool: string };

/** A message to the parent: one for each order; after `call-for-ever`, one for each call that was forwarded. */
export type Report = 'open' | 'forwarded' | 'refused';

/** A human who answers everything alike, at once. */
function human(answer: 'no' | GrantBounds | undefined): Approver {
  const approver = { name: 'Alice', via: 'window' } as const;
  const how = answer === undefined ? { how: 'once' as const } : { how: 'bounded' as const, bounds: answer };
  return {
    available: true,
    approve: ({ digest }) =>
      Promise.resolve(
        answer === 'no'
          ? { outcome: 'denied', digest, why: 'Alice said no.', approver }
          : { outcome: 'granted', digest, approver, ...(how as { how: 'once' }) },
      ),
    onLateAnswer: () => undefined,
  };
}

let enforcer: Enforcer | undefined;
let received: string | undefined;
let count = 0;

process.on('message', (order: Order) => void obey(order));
process.on('disconnect', () => process.exit());

async function obey(order: Order): Promise<void> {
  switch (order.kind) {
    case 'open':
      await enforcer?.close();
      enforcer = open(order);
      ({ received } = order);
      tell('open');
      break;
    case 'call':
      tell(await call(order.tool));
      break;
    case 'call-for-ever':
      for (;;) {
        tell(await call(order.tool));
      }
  }
}

function open({
  answer,
  builtinPolicies,
  server,
  state,
  tools,
  workspace,
}: Extract<Order, { kind: 'open' }>): Enforcer {
  return createEnforcer({
    server,
    workspace: { name: 'ws', folders: [workspace], trusted: true },
    cwd: workspace,
    state,
    builtinPolicies,
    extraPolicies: [],
    approver: human(answer),
    toolSource: () => Promise.resolve(tools),
    user: { id: 'alice', name: 'alice', source: 'os' },
    home: workspace,
    env: process.env,
    platform: process.platform,
    clock: systemClock,
    random: (bytes) => randomBytes(bytes),
    prompts: 'declared',
    session: { idleMinutes: 30 },
    launchedByWindow: true,
  });
}

async function call(tool: string): Promise<Report> {
  count += 1;
  const item = `${process.pid}-${count}`;
  const decided = await enforcer?.decide({
    method: 'tools/call',
    params: { name: tool, arguments: tool === 'add_item' ? { name: item } : { id: item } },
    agent: { name: 'racer', verified: true },
    signal: new AbortController().signal,
  });
  if (decided?.kind !== 'forward') {
    return 'refused';
  }
  if (received !== undefined) {
    appendFileSync(received, `${decided.id}\n`);
  }
  enforcer?.outcome(decided.id, 'ok');
  return 'forwarded';
}

function tell(report: Report): void {
  process.send?.(report);
}
