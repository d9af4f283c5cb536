import type { DataCallback, Disposable, Message, MessageConnection } from 'vscode-jsonrpc/node';
import { AbstractMessageReader, AbstractMessageWriter, createMessageConnection } from 'vscode-jsonrpc/node';
import { ChannelError } from './json-lines';
import type { JsonLines } from './json-lines';

class LinesReader extends AbstractMessageReader {
  readonly #lines: JsonLines;

  constructor(lines: JsonLines) {
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
  readonly #lines: JsonLines;

  constructor(lines: JsonLines) {
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

/** JSON-RPC over lines whose two sides have proved themselves. Call `listen()` once handlers are set. */
export function connectionOver(lines: JsonLines): MessageConnection {
  return createMessageConnection(new LinesReader(lines), new LinesWriter(lines));
}
