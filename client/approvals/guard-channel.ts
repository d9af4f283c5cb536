import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type { Clock } from '../../server/protocol';
import { connectionOver, greetGuard, JsonLines } from '../../server/protocol';
import type { GreetedGuard } from '../../server/protocol';
import { LaunchTokens } from './launch-tokens';
import type { SocketAddress } from './socket-address';

/**
 * Peers that have connected but not proved themselves yet. With more, the one that has had most time for it is dropped:
 * whoever connects and says nothing takes no place from a guard. More than a listening socket keeps waiting at once
 * (511, Node.js' backlog), so that a flood in one moment does not drop a guard before its first word could be read.
 */
const mostStrangers = 1_024;
const handshakeMs = 15_000;

/** A guard that has proved itself. The connection does not listen yet: set handlers, then call `listen()`. */
export interface ConnectedGuard<T> {
  readonly launch: T;
  readonly connection: MessageConnection;
  onClosed(listener: () => void): void;
  close(): void;
}

interface GuardChannelOptions<T> {
  readonly address: SocketAddress;
  /** The installation key. */
  readonly key: Buffer;
  readonly onGuard: (guard: ConnectedGuard<T>) => void;
  /** Peers that were dropped, and why. */
  readonly onStranger: (why: string) => void;
  readonly clock?: Clock;
  /** 1,024 if not given. */
  readonly mostStrangers?: number;
}

/**
 * The socket for the guards that this window launched. It takes one connection for each launch, and refuses all others.
 */
export class GuardChannel<T> {
  readonly #options: GuardChannelOptions<T>;
  readonly #server: Server;
  readonly #tokens: LaunchTokens<T>;
  readonly #open = new Set<JsonLines>();
  /** In the order in which they connected. */
  readonly #strangers = new Set<JsonLines>();

  private constructor(options: GuardChannelOptions<T>) {
    this.#options = options;
    this.#tokens = new LaunchTokens(options.clock);
    this.#server = createServer((socket) => this.#onSocket(socket));
  }

  /** Resolves when guards can connect. Rejects if the address can't be listened on. */
  static async listen<T>(options: GuardChannelOptions<T>): Promise<GuardChannel<T>> {
    const channel = new GuardChannel(options);
    await new Promise<void>((resolve, reject) => {
      channel.#server.once('error', reject);
      channel.#server.listen(options.address.path, resolve);
    });
    channel.#server.on('error', (error) => options.onStranger(error.message));
    await options.address.protect();
    return channel;
  }

  get path(): string {
    return this.#options.address.path;
  }

  /** A token with which one guard can connect, once. */
  issueToken(launch: T): string {
    return this.#tokens.issue(launch);
  }

  /** Drops every guard and stops listening. */
  async close(): Promise<void> {
    for (const lines of this.#open) {
      lines.destroy();
    }
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await this.#options.address.remove();
  }

  #onSocket(socket: Socket): void {
    const [oldest] = this.#strangers;
    if (oldest !== undefined && this.#strangers.size >= (this.#options.mostStrangers ?? mostStrangers)) {
      this.#strangers.delete(oldest);
      oldest.destroy(new Error('Too many peers have connected without proving themselves.'));
    }
    const lines = new JsonLines(socket);
    this.#strangers.add(lines);
    this.#open.add(lines);
    lines.onClose(() => this.#open.delete(lines));
    const timer = setTimeout(
      () => lines.destroy(new Error('The peer did not prove itself in time.')),
      handshakeMs,
    );
    greetGuard(lines, this.#options.key, (token) => this.#tokens.redeem(token), randomBytes)
      .then(
        (guard) => this.#welcome(guard),
        (error: unknown) => {
          lines.end();
          this.#options.onStranger(error instanceof Error ? error.message : String(error));
        },
      )
      .finally(() => {
        clearTimeout(timer);
        this.#strangers.delete(lines);
      });
  }

  #welcome({ redeemed, sealed }: GreetedGuard<T>): void {
    const connection = connectionOver(sealed);
    sealed.onClose(() => connection.dispose());
    this.#options.onGuard({
      launch: redeemed,
      connection,
      onClosed: (listener) => sealed.onClose(() => listener()),
      close: () => sealed.destroy(),
    });
  }
}
