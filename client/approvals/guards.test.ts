import { randomBytes } from 'node:crypto';
import { PassThrough, Duplex } from 'node:stream';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  approvalRequest,
  approvalWithdrawal,
  connectionOver,
  decisionNotice,
  greetGuard,
  greetWindow,
  JsonLines,
  lateAnswerNotice,
  launchRequest,
  stateChangeNotice,
} from '../../server/protocol';
import type { ApprovalRequest, DecisionNotice, LaunchInfo, StateChange } from '../../server/protocol';
import { untranslated as t } from '../translate';
import { Guards } from './guards';
import type { Choice } from './question';
import { ApprovalQueue } from './queue';

const launch = { server: { name: 'files' } } as LaunchInfo;
const request: ApprovalRequest = {
  id: '1',
  digest: 'd1',
  level: 1,
  server: { name: 'files', origin: 'user', fingerprint: 'f' },
  tool: { name: 'write_file' },
  kind: 'mcp:tool',
  agent: { name: 'Copilot', verified: true, display: 'Copilot' },
  user: { name: 'alice' },
  arguments: {},
  reasons: [],
  remember: { session: false },
  request: {},
};

let now: number;
let presses: ((choice: Choice) => void) | undefined;
let guards: Guards;
let decisions: string[];
let lateYes: string[];
let connected: boolean[];
let guardSide: MessageConnection;
let windowLines: JsonLines;

beforeEach(async () => {
  now = 0;
  decisions = [];
  lateYes = [];
  connected = [];
  presses = undefined;
  const queue = new ApprovalQueue({
    ui: {
      ask: () =>
        new Promise((resolve) => {
          presses = resolve;
        }),
      pickBound: () => Promise.resolve(undefined),
      showDetails: () => Promise.resolve(),
      writeRule: () => Promise.resolve(),
      done: () => undefined,
    },
    t,
    now: () => now,
    pause: () => Promise.resolve(),
    approver: 'alice',
    onError: (error) => {
      throw error;
    },
  });
  guards = new Guards({
    queue,
    onDecision: ({ id }) => decisions.push(id),
    onLateYes: ({ id }, became) => lateYes.push(`${id} ${became}`),
    onConnection: (_launch, is) => connected.push(is),
  });
  const [near, far] = pipes();
  windowLines = new JsonLines(far);
  const key = randomBytes(32);
  const [guardLines, { sealed }] = await Promise.all([
    greetWindow(new JsonLines(near), key, 'token', randomBytes),
    greetGuard(windowLines, key, () => launch, randomBytes),
  ]);
  guardSide = connectionOver(guardLines);
  guardSide.listen();
  guards.add({
    launch,
    connection: connectionOver(sealed),
    onClosed: (listener) => windowLines.onClose(() => listener()),
    close: () => windowLines.destroy(),
  });
});

function pipes(): [Duplex, Duplex] {
  const there = new PassThrough();
  const back = new PassThrough();
  return [Duplex.from({ readable: back, writable: there }), Duplex.from({ readable: there, writable: back })];
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function press(choice: Choice): Promise<void> {
  await until(() => presses !== undefined);
  now += 1000;
  presses?.(choice);
}

describe('a connected guard', () => {
  test('a connected guard is told what to launch', async () => {
    expect(await guardSide.sendRequest(launchRequest)).toEqual(launch);
    expect(connected).toEqual([true]);
    expect(guards.servers).toEqual(['files']);
  });

  test('a connected guard receives the human’s answer', async () => {
    const answer = guardSide.sendRequest(approvalRequest, request);
    await press('allow-once');
    expect(await answer).toMatchObject({ outcome: 'granted', digest: 'd1' });
    expect(lateYes).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['no level', { ...request, level: 4 }],
    ['no tool', { ...request, tool: undefined }],
    ['reasons that are no texts', { ...request, reasons: [{}] }],
    ['nothing', null],
  ])('a connected guard can’t ask with %s', async (_what, malformed) => {
    await expect(guardSide.sendRequest(approvalRequest, malformed as ApprovalRequest)).rejects.toThrow();
    expect(presses).toBeUndefined();
  });

  test('a connected guard reports decisions and hears of changes', async () => {
    const changes: StateChange[] = [];
    guardSide.onNotification(stateChangeNotice, ({ what }) => void changes.push(what));
    await guardSide.sendNotification(decisionNotice, { id: '7' } as DecisionNotice);
    guards.stateChanged('policies');
    await until(() => decisions.length === 1 && changes.length === 1);
    expect(decisions).toEqual(['7']);
    expect(changes).toEqual(['policies']);
  });
});

describe('a yes that comes too late', () => {
  test('the person is told how the guard treats a yes that comes too late', async () => {
    const answer = guardSide.sendRequest(approvalRequest, request);
    await until(() => presses !== undefined);
    await guardSide.sendNotification(approvalWithdrawal, { id: '1', why: '' });
    await press('allow-once');
    await answer;
    await guardSide.sendNotification(lateAnswerNotice, { id: '1', kept: true });
    await until(() => lateYes.length === 1);
    expect(lateYes).toEqual(['1 counts-for-a-retry']);
  });

  test('a yes that comes too late does nothing when the guard itself is gone', async () => {
    guardSide.sendRequest(approvalRequest, request).catch(() => undefined);
    await until(() => presses !== undefined);
    windowLines.destroy();
    await until(() => connected.length === 2);
    await press('allow-once');
    await until(() => lateYes.length === 1);
    expect(lateYes).toEqual(['1 does-nothing']);
    expect(guards.servers).toEqual([]);
  });
});
