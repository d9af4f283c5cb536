// The transports that the contract in server/guard/upstream/transport.test.ts is put to, each with a peer at its far end.
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StdioTransport } from '../../../server/guard/upstream/stdio';
import type { UpstreamTransport } from '../../../server/guard/upstream/transport';

/** The behaviour of the far end. */
export type PeerBehaviour =
  /** Sends back whatever comes. */
  | 'echoes'
  /** Sends `{"n":1}` and `{"n":2}` before anything comes, and then echoes. */
  | 'speaksFirst'
  /** Sends 64 messages of a megabyte, as fast as they are taken. */
  | 'floods'
  /** Takes nothing before it is woken. */
  | 'readsLater'
  /** Answers the first message with 100, numbered from 1, and ends with code 7. */
  | 'quits'
  /**
   * Sends bytes that are no UTF-8, `no JSON`, empty messages, `{"n":1}`, a message one byte longer than allowed,
   * `{"n":2}`, and a message without its end.
   */
  | 'babbles'
  /** Says nothing and ends at nothing but force; neither does what it has started. */
  | 'stubborn'
  /** Can't be started or reached. */
  | 'missing';

/** The longest message that the transports of fixtures may bring. */
export const maxLineBytes = 2 ** 23;

/** A transport that is not started, and a look at its far end. */
export interface OpenTransport {
  readonly transport: UpstreamTransport;
  /** True once a peer that speaks first has spoken. */
  readonly hasSpoken: () => boolean;
  /** Megabytes that a flood has got rid of. */
  readonly flooded: () => number;
  /** All bytes that a peer which reads late has taken. */
  readonly taken: () => string;
  readonly wake: () => void;
  /** The ids of the processes of a stubborn peer, once all have started; empty if it has none. */
  readonly processes: () => readonly number[];
}

interface TransportFixture {
  readonly name: string;
  readonly open: (behaviour: PeerBehaviour) => OpenTransport;
}

const peer = join(import.meta.dirname, '../../fixtures/servers/peer.mjs');

function openStdio(behaviour: PeerBehaviour): OpenTransport {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-transport-'));
  const read = (name: string): string =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '';
  const transport = new StdioTransport({
    command: {
      command: behaviour === 'missing' ? 'gatehouse-no-such-program' : process.execPath,
      args: [peer, behaviour, folder, String(maxLineBytes)],
      env: { PATH: process.env['PATH'] ?? '' },
      cwd: folder,
    },
    name: behaviour,
    log: () => Promise.resolve(),
    maxLineBytes,
  });
  return {
    transport,
    hasSpoken: () => existsSync(join(folder, 'spoken')),
    flooded: () => Number(read('written')),
    taken: () => read('taken'),
    wake: () => writeFileSync(join(folder, 'wake'), ''),
    processes: () => read('pids').split(' ').filter(Boolean).map(Number),
  };
}

export const transports: readonly TransportFixture[] = [{ name: 'stdio', open: openStdio }];
