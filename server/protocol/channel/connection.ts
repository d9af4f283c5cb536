import type { DataCallback, Disposable, Message, MessageConnection } from 'vscode-jsonrpc/node';
import { AbstractMessageReader, AbstractMessageWriter, createMessageConnection } from 'vscode-jsonrpc/node';
import { ChannelError } from './json-lines';
import type { SealedLines } from './sealed-lines';

class LinesReader extends AbstractMessageReader {
  readonly #lines: SealedLines;

  constructor(lines: SealedLines) {
    super();
    this.#lines = lines;
  }

  override listen(callback: DataCallback): Disposable {
    this.#lines.listen((value) => {
      if (isMessage(value)) {
        callback(value);
      } else {
        this.#lines.destroy(new ChannelError('A message arrived that is not JSON-RPC.'));
      }
    });
    this.#lines.onClose(() => this.fireClose());
    return { dispose: () => undefined };
  }
}

class LinesWriter extends AbstractMessageWriter {
  readonly #lines: SealedLines;

  constructor(lines: SealedLines) {
    super();
    this.#lines = lines;
    lines.onClose(() => this.fireClose());
  }

  async write(message: Message): Promise<void> {
    try {
      await this.#lines.write(message);
    } catch (error) {
      this.fireError(error, message);
      throw error;
    }
  }

  end(): void {
    this.#lines.end();
  }
}

function isMessage(value: unknown): value is Message {
  return (
    typeof value === 'object' && value !== null && (value as Record<string, unknown>)['jsonrpc'] === '2.0'
  );
}

/** JSON-RPC between two sides that have proved themselves. Call `listen()` once handlers are set. */
export function connectionOver(lines: SealedLines): MessageConnection {
  return createMessageConnection(new LinesReader(lines), new LinesWriter(lines));
}
