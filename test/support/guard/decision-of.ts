import path from 'node:path';
import { decide } from '../../../server/guard/decide/policies/decide';
import { layerDecisionsOf } from '../../../server/guard/decide/policies/layer-decisions';
import { LayerStore } from '../../../server/guard/decide/policies/layers';
import { callEffect } from '../../../server/guard/facts/call-effect';
import type { RequestFacts } from '../../../server/guard/request/build';
import { subjectOf } from '../../../server/guard/request/subject';
import { stateLayout } from '../../../server/protocol';

/** Where policies are. */
interface Installation {
  /** The state folder. */
  readonly state: string;
  /** The folder of the built-in policies. */
  readonly builtin: string;
}

/**
 * The guard's decision on a call of a tool that a person has accepted, by the policies in force.
 * @returns the kind of decision and its rule, e.g. `ask: writing-asks`
 */
export function decisionOf(
  { builtin, state }: Installation,
  tool: string,
  args: Record<string, string>,
  readOnly: boolean,
): string {
  const store = new LayerStore({
    layout: stateLayout(state),
    builtin: builtin,
    extra: [],
    workspaceKey: 'none',
  });
  const layers = store.current();
  if (layers.kind === 'broken') {
    throw new Error(layers.reason);
  }
  const facts: RequestFacts = {
    subject: subjectOf('tools/call', { name: tool, arguments: args }),
    user: { id: 'me', name: 'me', source: 'os' },
    agent: { name: 'Tester', version: '1', verified: true },
    session: {
      id: 's',
      startedAt: '2026-01-01T09:00:00Z',
      seconds: 1,
      calls: 0,
      denied: 0,
      approved: 0,
      counters: {},
      callsByTool: {},
      servers: [],
      recent: [],
      touched: { openWorld: false, destructive: false },
    },
    server: {
      name: 'web',
      origin: 'user',
      fingerprint: 'f',
      accepted: true,
      transport: 'stdio',
      command: 'web',
    },
    tool: {
      accepted: true,
      changed: false,
      reworded: false,
      annotations: {
        readOnlyHint: readOnly,
        destructiveHint: !readOnly,
        idempotentHint: false,
        openWorldHint: false,
      },
      unexpected: [],
      effect: callEffect({
        name: tool,
        declared: { readOnlyHint: readOnly },
        args: {},
        inputSchema: undefined,
      }),
    },
    paths: [],
    workspace: { name: 'ws', trusted: true, folders: [path.dirname(state)] },
  };
  const decided = decide(layerDecisionsOf(layers.policyLayers, facts, Date.UTC(2026, 0, 1)));
  const rule = decided.kind === 'allow' ? decided.rule : decided.refusal.rule;
  return `${decided.kind}: ${rule}`;
}
