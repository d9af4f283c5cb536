// Somebody takes the place of the window's socket, without the installation key, and relays what guard and window say.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  approvalRequest,
  decisionNotice,
  greetGuard,
  JsonLines,
  launchRequest,
  stateChangeNotice,
} from '../../server/protocol';
import type {
  ApprovalAnswer,
  ApprovalRequest,
  DecisionNotice,
  LaunchInfo,
  StateChange,
} from '../../server/protocol';
import { GuardChannel, socketAddress } from '../support/client/window-end';
import type { ConnectedGuard } from '../support/client/window-end';
import { connectWindow } from '../support/guard/guard-end';

const key = randomBytes(32);
const secret = 'a-secret-of-the-environment';
const launch = {
  server: { name: 'db', command: 'db-mcp', env: { PASSWORD: secret } },
} as unknown as LaunchInfo;
const question = { id: '1', digest: 'd1', remember: { session: false } } as unknown as ApprovalRequest;
const yes: ApprovalAnswer = {
  outcome: 'granted',
  digest: 'd1',
  how: 'once',
  approver: { name: 'alice', via: 'window' },
};
const no: ApprovalAnswer = { outcome: 'denied', digest: 'd1', why: 'No.' };

type Direction = 'to the guard' | 'to the window';

/**
 * The lines that a middleman sends on and back in place of one line, and if it closes the connection then.
 */
interface Passed {
  readonly on: readonly Buffer[];
  readonly back?: readonly Buffer[];
  readonly hangUp?: boolean;
}
type Middleman = (line: Buffer, direction: Direction, index: number) => Passed;

const relays: Middleman = (line) => ({ on: [line] });

let folder: string;
let window: GuardChannel<LaunchInfo>;
let windowGuards: ConnectedGuard<LaunchInfo>[];
let strangers: string[];
let human: ApprovalAnswer;
let asked: number;
let decisions: string[];
let servers: Server[];
let sockets: Socket[];
/** Everything that the last middleman saw, by direction. */
let seen: Record<Direction, Buffer[]>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-middle-'));
  windowGuards = [];
  strangers = [];
  human = yes;
  asked = 0;
  decisions = [];
  servers = [];
  sockets = [];
  window = await GuardChannel.listen<LaunchInfo>({
    address: await socketAddress(join(folder, 'run'), process.platform),
    key,
    onGuard: (guard) => {
      windowGuards.push(guard);
      guard.connection.onRequest(launchRequest, () => guard.launch);
      guard.connection.onRequest(approvalRequest, async () => {
        asked += 1;
        await guard.connection.sendNotification(stateChangeNotice, { what: 'policies' });
        // The answer and what comes after it are written in this order.
        setImmediate(() => void guard.connection.sendNotification(stateChangeNotice, { what: 'accepted' }));
        return human;
      });
      guard.connection.onNotification(decisionNotice, ({ id }) => void decisions.push(id));
      guard.connection.listen();
    },
    onStranger: (why) => strangers.push(why),
  });
});

afterEach(async () => {
  for (const socket of sockets) {
    socket.destroy();
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  await window.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Listens where the guard is told that the window is, and connects to the window itself. */
async function stands(middleman: Middleman): Promise<string> {
  seen = { 'to the guard': [], 'to the window': [] };
  const path =
    process.platform === 'win32'
      ? `\\\\.\\pipe\\gatehouse-test-${randomBytes(8).toString('hex')}`
      : join(folder, `middle-${servers.length}`);
  const server = createServer((guard) => {
    const real = connect(window.path);
    sockets.push(guard, real);
    passOn(guard, real, 'to the window', middleman);
    passOn(real, guard, 'to the guard', middleman);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

function passOn(from: Socket, to: Socket, direction: Direction, middleman: Middleman): void {
  let rest = Buffer.alloc(0);
  let index = 0;
  from.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      const line = rest.subarray(0, end + 1);
      rest = rest.subarray(end + 1);
      const { back = [], hangUp = false, on } = middleman(line, direction, index);
      index += 1;
      seen[direction].push(line);
      for (const each of on) {
        to.write(each);
      }
      for (const each of back) {
        from.write(each);
      }
      if (hangUp) {
        from.end();
        to.end();
      }
    }
  });
  from.on('error', () => undefined);
  from.on('close', () => to.end());
}

/** The launch that a guard learns through a middleman, and the reports of it that reach the window. */
interface Story {
  readonly launched: LaunchInfo | undefined;
  readonly outcome: ApprovalAnswer['outcome'] | undefined;
  readonly changes: readonly StateChange[];
  readonly why: string;
}

/** A guard starts, asks its question, and reports a decision. */
async function tells(middleman: Middleman): Promise<Story> {
  const socketPath = await stands(middleman);
  const token = window.issueToken(launch);
  let link;
  try {
    link = await connectWindow({ socketPath, key, token });
  } catch (error) {
    return { launched: undefined, outcome: undefined, changes: [], why: (error as Error).message };
  }
  const changes: StateChange[] = [];
  link.onStateChange((what) => changes.push(what));
  const gone = new Promise<void>((resolve) => link.onClosed(resolve));
  const answering = link.approver.approve(question, new AbortController().signal);
  link.decisionRecorded({ id: 'a decision' } as DecisionNotice);
  link.decisionRecorded({ id: 'another' } as DecisionNotice);
  const { outcome } = await answering;
  const untouched = async (): Promise<void> => {
    while (!changes.includes('accepted') || decisions.length < 2) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  await Promise.race([gone, untouched()]);
  link.close();
  return { launched: link.launch, outcome, changes, why: '' };
}

test('a middleman that only relays is not noticed, and learns nothing', async () => {
  const { changes, launched, outcome } = await tells(relays);
  expect(launched).toEqual(launch);
  expect(outcome).toBe('granted');
  expect(changes).toEqual(['policies', 'accepted']);
  const overheard = Buffer.concat([...seen['to the guard'], ...seen['to the window']]).toString();
  expect(overheard).not.toContain(secret);
  expect(overheard).not.toContain('granted');
  // Nor in base64, at any of the three places within its groups.
  const hidden = [0, 1, 2].map((at) => Buffer.from(secret.slice(at, at + 18)).toString('base64'));
  expect(hidden.filter((each) => overheard.includes(each))).toEqual([]);
});

/** Lines that each side gets in the story above: greeting, welcome, launch, … */
const places: readonly (readonly [Direction, number])[] = [
  ...[0, 1, 2, 3, 4].map((index) => ['to the guard', index] as const),
  ...[0, 1, 2, 3, 4].map((index) => ['to the window', index] as const),
];
/** After these both sides wait for each other, so that leaving one out leaves nothing to notice it by. */
const lockstep = 3;

const forged = (id: number, result: unknown): Buffer =>
  Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
const evil = { server: { ...launch.server, command: 'evil' } };
const changed = (line: Buffer, at: number): Buffer => {
  const copy = Buffer.from(line);
  const byte = copy[at] ?? 0;
  // Another character of both hexadecimal and base64.
  copy[at] = byte === 0x61 ? 0x62 : 0x61;
  return copy;
};

type Tampering = (line: Buffer, index: number) => Passed;
const tamperings: readonly (readonly [string, () => Tampering])[] = [
  ['changes the first characters of', () => (line) => ({ on: [changed(line, 2)] })],
  ['changes the middle of', () => (line) => ({ on: [changed(line, line.length >> 1)] })],
  ['changes the last characters of', () => (line) => ({ on: [changed(line, line.length - 8)] })],
  ['shortens', () => (line) => ({ on: [Buffer.concat([line.subarray(0, -6), Buffer.from('"\n')])] })],
  ['cuts off', () => (line) => ({ on: [line.subarray(0, line.length >> 1)], hangUp: true })],
  ['empties', () => () => ({ on: [Buffer.from('""\n')] })],
  ['repeats', () => (line) => ({ on: [line, line] })],
  ['leaves out', () => (_line, index) => ({ on: [], hangUp: index < lockstep })],
  ['sends back', () => (line) => ({ on: [], back: [line] })],
  ['puts a forged launch in place of', () => () => ({ on: [forged(0, evil)] })],
  ['puts a forged yes in place of', () => () => ({ on: [forged(1, yes)] })],
  ['puts a forged yes before', () => (line) => ({ on: [forged(1, yes), line] })],
  ['puts null in place of', () => () => ({ on: [Buffer.from('null\n')] })],
];

describe.each(tamperings)('a middleman that %s a message', (what, tampering) => {
  test.each(places)(
    'the middleman gets no yes and starts nothing else: %s (number %i)',
    async (direction, index) => {
      // Even from a person who says yes: what the guard knows by is the connection.
      const tamper = tampering();
      const { launched, outcome } = await tells((line, to, at) =>
        to === direction && at === index ? tamper(line, index) : { on: [line] },
      );
      expect(launched ?? launch).toEqual(launch);
      // Until the message is touched, all is well: a yes that arrived before counts.
      const yesArrived = direction === 'to the window' ? index > lockstep : what === 'repeats' && index === 4;
      if (!yesArrived) {
        expect(outcome).not.toBe('granted');
      }
      if (direction === 'to the window' && index < lockstep) {
        expect(asked).toBe(0);
      }
      // However it was, both sides have hung up.
      for (const guard of windowGuards) {
        await new Promise<void>((resolve) => guard.onClosed(resolve));
      }
    },
  );
});

test('a middleman that swaps two messages ends the connection', async () => {
  const held: Buffer[] = [];
  const { changes, outcome } = await tells((line, to, at) => {
    if (to !== 'to the guard' || at < lockstep) {
      return { on: [line] };
    }
    held.push(line);
    return { on: held.length < 2 ? [] : held.splice(0).reverse() };
  });
  expect(outcome).toBe('unreachable');
  expect(changes).toEqual([]);
});

test('a yes that was overheard on one connection counts on no other', async () => {
  expect((await tells(relays)).outcome).toBe('granted');
  const overheard = seen['to the guard'];
  human = no;
  const { outcome } = await tells((line, to, at) =>
    to === 'to the guard' && at >= lockstep ? { on: [overheard[at] ?? line] } : { on: [line] },
  );
  expect(outcome).not.toBe('granted');
});

test('a window’s first messages that were overheard start nothing again', async () => {
  await tells(relays);
  const overheard = seen['to the guard'];
  const { launched, why } = await tells((line, to, at) =>
    to === 'to the guard' ? { on: [overheard[at] ?? line] } : { on: [line] },
  );
  expect(launched).toBeUndefined();
  expect(why).toContain('could not prove that it belongs to this installation');
});

test('a middleman with a key of its own is no window', async () => {
  const heard: string[] = [];
  const path = join(folder, 'own');
  const server = createServer((socket) => {
    sockets.push(socket);
    greetGuard(new JsonLines(socket), randomBytes(32), (token) => heard.push(token), randomBytes).catch(
      () => undefined,
    );
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  await expect(connectWindow({ socketPath: path, key, token: window.issueToken(launch) })).rejects.toThrow(
    /could not prove/,
  );
  expect(heard).toEqual([]);
});

describe('a middleman that pretends an older version', () => {
  const downgraded = (line: Buffer): Buffer =>
    Buffer.from(line.toString().replace('"gatehouse":2', '"gatehouse":1'));

  test.each<[string, (to: Direction) => boolean]>([
    ['to the window', (to) => to === 'to the window'],
    ['to the guard', (to) => to === 'to the guard'],
    ['to both', () => true],
  ])('no side talks to a middleman that pretends an older version: %s', async (_whom, lies) => {
    const { launched, why } = await tells((line, to, at) => ({
      on: [at === 0 && lies(to) ? downgraded(line) : line],
    }));
    expect(launched).toBeUndefined();
    expect(why).toMatch(/version|could not prove|nonce is missing/);
    expect(windowGuards).toEqual([]);
  });
});

test('an old guard gets no proof that a middleman could use, and the window says what to do', async () => {
  const socket = connect(window.path);
  sockets.push(socket);
  const heard: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => heard.push(chunk));
  socket.write(`${JSON.stringify({ gatehouse: 1, nonce: 'a'.repeat(64) })}\n`);
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  expect(Buffer.concat(heard).toString()).toBe('{"gatehouse":2}\n');
  expect(strangers).toEqual([
    expect.stringMatching(/older version of Gatehouse was refused.*Start its server again/),
  ]);
});
