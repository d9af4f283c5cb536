import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  approvalRequest,
  approvalWithdrawal,
  connectionOver,
  decisionNotice,
  greetGuard,
  JsonLines,
  lateAnswerNotice,
  launchRequest,
  stateChangeNotice,
} from '../../protocol';
import type {
  ApprovalAnswer,
  ApprovalRequest,
  DecisionNotice,
  LateAnswerNotice,
  LaunchInfo,
} from '../../protocol';
import { connectWindow, WindowUnreachable } from './connect';
import type { WindowLink } from './connect';

const key = randomBytes(32);
const launch = { server: { name: 'fs' } } as LaunchInfo;
const request = {
  id: '1',
  digest: 'd1',
  remember: { session: false },
} as unknown as ApprovalRequest;
const granted: ApprovalAnswer = {
  outcome: 'granted',
  digest: 'd1',
  how: 'once',
  approver: { name: 'alice', via: 'window' },
};

/** A window of which only the protocol is real: the test answers for the human. */
class FakeWindow {
  asked: ApprovalRequest[] = [];
  withdrawn: string[] = [];
  late: LateAnswerNotice[] = [];
  decisions: DecisionNotice[] = [];
  connection: MessageConnection | undefined;
  lines: JsonLines | undefined;
  answer: (answer: unknown) => void = () => undefined;

  serve(socket: Socket, windowKey: Buffer): void {
    const lines = new JsonLines(socket);
    this.lines = lines;
    greetGuard(lines, windowKey, (token) => (token === 'good' ? true : undefined), randomBytes).then(
      ({ sealed }) => {
        const connection = connectionOver(sealed);
        this.connection = connection;
        lines.onClose(() => connection.dispose());
        connection.onRequest(launchRequest, () => launch);
        connection.onRequest(approvalRequest, (asked) => {
          this.asked.push(asked);
          return new Promise((resolve) => {
            this.answer = resolve as (answer: unknown) => void;
          });
        });
        connection.onNotification(approvalWithdrawal, ({ id }) => void this.withdrawn.push(id));
        connection.onNotification(lateAnswerNotice, (notice) => void this.late.push(notice));
        connection.onNotification(decisionNotice, (notice) => void this.decisions.push(notice));
        connection.listen();
      },
      () => undefined,
    );
  }
}

let folder: string;
let socketPath: string;
let server: Server;
let window: FakeWindow;
let links: WindowLink[];
let sockets: Socket[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-test-'));
  socketPath =
    process.platform === 'win32'
      ? `\\\\.\\pipe\\gatehouse-test-${randomBytes(8).toString('hex')}`
      : join(folder, 's');
  window = new FakeWindow();
  links = [];
  sockets = [];
  server = createServer((socket) => window.serve(socket, key));
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
});

afterEach(async () => {
  for (const link of links) {
    link.close();
  }
  window.lines?.destroy();
  for (const socket of sockets) {
    socket.destroy();
  }
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

async function link(): Promise<WindowLink> {
  const made = await connectWindow({ socketPath, key, token: 'good' });
  links.push(made);
  return made;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const never = new AbortController().signal;

describe('connecting', () => {
  test('connecting tells the guard what to launch', async () => {
    expect((await link()).launch).toEqual(launch);
  });

  test('connecting is impossible where nothing listens', async () => {
    const wrong = { socketPath: `${socketPath}x`, key, token: 'good' };
    await expect(connectWindow(wrong)).rejects.toThrow(WindowUnreachable);
  });

  test('connecting is impossible with another key or a stale token, and says so', async () => {
    await expect(connectWindow({ socketPath, key: randomBytes(32), token: 'good' })).rejects.toThrow(
      /window could not prove/,
    );
    await expect(connectWindow({ socketPath, key, token: 'stale' })).rejects.toThrow(/token is not valid/);
  });

  test('connecting is tried again if it was dropped before the window said anything, but not for ever', async () => {
    const serve = server.listeners('connection');
    server.removeAllListeners('connection');
    let drops = 0;
    server.on('connection', (socket: Socket) => {
      if (drops < 4) {
        drops += 1;
        socket.destroy();
      } else {
        serve.forEach((listener) => (listener as (socket: Socket) => void)(socket));
      }
    });
    expect((await link()).launch).toEqual(launch);
    drops = -100;
    await expect(link()).rejects.toThrow(WindowUnreachable);
    expect(drops).toBe(-95);
  });

  test('connecting gives up on a window that proves itself and does not say what to launch', async () => {
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      sockets.push(socket);
      void greetGuard(new JsonLines(socket), key, () => true, randomBytes);
    });
    const silent = { socketPath, key, token: 'good', timeoutMs: 500 };
    await expect(connectWindow(silent)).rejects.toThrow(WindowUnreachable);
  });

  test('connecting gives up on a window that never answers', async () => {
    server.removeAllListeners('connection');
    server.on('connection', (socket) => sockets.push(socket));
    const silent = { socketPath, key, token: 'good', timeoutMs: 50 };
    await expect(connectWindow(silent)).rejects.toThrow(/no answer within 0.05 s/);
  });
});

describe('asking', () => {
  test('asking returns the human’s answer', async () => {
    const { approver } = await link();
    const answer = approver.approve(request, never);
    await until(() => window.asked.length === 1);
    window.answer(granted);
    expect(await answer).toEqual(granted);
    expect(window.asked).toEqual([request]);
  });

  test.each<[string, unknown]>([
    ['another request’s digest', { ...granted, digest: 'd2' }],
    ['more than the policy permits', { ...granted, how: 'session' }],
    ['something that is no way to remember', { ...granted, how: 'forever' }],
    ['no approver', { outcome: 'granted', digest: 'd1', how: 'once' }],
    ['an unknown outcome', { outcome: 'maybe', digest: 'd1', why: '' }],
    ['no answer at all', null],
    ['a bare yes', true],
  ])('asking takes %s for a no', async (_what, answer) => {
    const { approver } = await link();
    const answering = approver.approve(request, never);
    await until(() => window.asked.length === 1);
    window.answer(answer);
    expect(await answering).toMatchObject({ outcome: 'denied', digest: 'd1' });
  });

  test('asking takes an answer for some calls where the policy permits as many', async () => {
    const { approver } = await link();
    const remember = { session: false, uses: 5, minutes: 15 };
    const answer = async (bounds: unknown): Promise<unknown> => {
      const asked = window.asked.length;
      const answering = approver.approve({ ...request, remember }, never);
      await until(() => window.asked.length === asked + 1);
      window.answer({ ...granted, how: 'bounded', bounds });
      return (await answering).outcome;
    };
    expect(await answer({ uses: 5, minutes: 15 })).toBe('granted');
    expect(await answer({ uses: 6, minutes: 15 })).toBe('denied');
    expect(await answer({ uses: 5 })).toBe('denied');
    expect(await answer({ uses: 5, minutes: -1 })).toBe('denied');
    expect(await answer(undefined)).toBe('denied');
  });

  test('asking takes “this session” where the policy permits it', async () => {
    const { approver } = await link();
    const answering = approver.approve({ ...request, remember: { session: true } }, never);
    await until(() => window.asked.length === 1);
    window.answer({ ...granted, how: 'session' });
    expect(await answering).toMatchObject({ outcome: 'granted', how: 'session' });
  });

  test('asking withdraws the question when the caller gives up', async () => {
    const { approver } = await link();
    const caller = new AbortController();
    const answer = approver.approve(request, caller.signal);
    await until(() => window.asked.length === 1);
    caller.abort();
    expect(await answer).toMatchObject({ outcome: 'withdrawn' });
    await until(() => window.withdrawn.length === 1);
    expect(window.withdrawn).toEqual(['1']);
  });

  test('asking does not happen for a caller that has given up already', async () => {
    const { approver } = await link();
    const caller = new AbortController();
    caller.abort();
    expect(await approver.approve(request, caller.signal)).toMatchObject({ outcome: 'withdrawn' });
    expect(window.asked).toEqual([]);
  });

  test('a late answer goes to the listener, and the window is told its effect', async () => {
    const { approver } = await link();
    const late: [string, string][] = [];
    approver.onLateAnswer((asked, { outcome }) => {
      late.push([asked.id, outcome]);
      return Promise.resolve({ kept: true });
    });
    const caller = new AbortController();
    const answer = approver.approve(request, caller.signal);
    await until(() => window.asked.length === 1);
    caller.abort();
    await answer;
    window.answer(granted);
    await until(() => window.late.length === 1);
    expect(late).toEqual([['1', 'granted']]);
    expect(window.late).toEqual([{ id: '1', kept: true }]);
  });

  test('the answer “withdrawn” is no late answer', async () => {
    const { approver } = await link();
    const late: string[] = [];
    approver.onLateAnswer((_asked, { outcome }) => {
      late.push(outcome);
      return Promise.resolve({ kept: true });
    });
    const caller = new AbortController();
    const answer = approver.approve(request, caller.signal);
    await until(() => window.asked.length === 1);
    caller.abort();
    await answer;
    window.answer({ outcome: 'withdrawn', digest: 'd1', why: 'never shown' });
    const next = approver.approve({ ...request, id: '2' }, never);
    await until(() => window.asked.length === 2);
    window.answer(granted);
    await next;
    expect(late).toEqual([]);
  });
});

describe('when the window is gone', () => {
  test('nobody can be asked when the window is gone, neither now nor later', async () => {
    const made = await link();
    const { approver } = made;
    const gone = new Promise<void>((resolve) => made.onClosed(resolve));
    const answer = approver.approve(request, never);
    await until(() => window.asked.length === 1);
    expect(approver.available).toBe(true);
    window.lines?.destroy();
    expect(await answer).toMatchObject({ outcome: 'unreachable', digest: 'd1' });
    await gone;
    expect(approver.available).toBe(false);
    expect(await approver.approve(request, never)).toMatchObject({ outcome: 'unreachable' });
  });

  test('telling a window that is gone about decisions does nothing', async () => {
    const made = await link();
    const gone = new Promise<void>((resolve) => made.onClosed(resolve));
    window.lines?.destroy();
    await gone;
    made.decisionRecorded({ id: '1' } as DecisionNotice);
  });
});

test('the guard passes on decisions and changes of state', async () => {
  const made = await link();
  const changes: string[] = [];
  made.onStateChange((what) => changes.push(what));
  made.decisionRecorded({ id: '7' } as DecisionNotice);
  await window.connection?.sendNotification(stateChangeNotice, { what: 'policies' });
  await until(() => changes.length === 1 && window.decisions.length === 1);
  expect(changes).toEqual(['policies']);
  expect(window.decisions).toEqual([{ id: '7' }]);
});
