import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { until } from './until';

/** A language model tool as VS Code lists it; `name` has VS Code's prefix. */
interface AgentTool {
  readonly name: string;
  readonly description: string;
}

type Answer = { readonly value: unknown } | { readonly error: string };

/** The test's end of the extension that stands in for Copilot (agent/extension.js). */
export class Agent {
  readonly #port: number;
  readonly #token: string;

  private constructor(port: number, token: string) {
    this.#port = port;
    this.#token = token;
  }

  /** Waits for the extension to say where it listens. */
  static async connect(file: string): Promise<Agent> {
    const text = await until('the stand-in agent', () => readFile(file, 'utf8').catch(() => undefined));
    const { port, token } = JSON.parse(text) as { port: number; token: string };
    return new Agent(port, token);
  }

  /** All tools that VS Code offers to agents now. */
  async tools(): Promise<AgentTool[]> {
    return (await this.#ask({ operation: 'tools' })) as AgentTool[];
  }

  /** True if VS Code offers an MCP tool whose name ends with `suffix`. */
  async has(suffix: string): Promise<boolean> {
    return (await this.#find(suffix)) !== undefined;
  }

  /**
   * Calls an MCP tool as Copilot would.
   * @param suffix - the end of its name: VS Code puts a prefix before it
   * @returns what the model would read; the text of an error too
   */
  async call(suffix: string, input: object, signal?: AbortSignal): Promise<string> {
    const tool = await this.#find(suffix);
    if (tool === undefined) {
      return `Error: VS Code offers no tool ${suffix}.`;
    }
    return await this.callByName(tool.name, input, signal);
  }

  /** Calls a tool by VS Code's whole name for it. */
  async callByName(name: string, input: object, signal?: AbortSignal): Promise<string> {
    try {
      const parts = (await this.#ask({ operation: 'invoke', name, input }, signal)) as unknown[];
      return parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join('\n');
    } catch (error) {
      return `Error: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** Starts all MCP servers and waits for their tools. */
  async startServers(): Promise<void> {
    await this.command('workbench.mcp.startServer', '*', { waitForLiveTools: true, autoTrustChanges: true });
  }

  /** Runs a VS Code command. */
  async command(id: string, ...args: readonly unknown[]): Promise<unknown> {
    return await this.#ask({ operation: 'command', id, args });
  }

  /** The ids of all commands. */
  async commands(): Promise<string[]> {
    return (await this.#ask({ operation: 'commands' })) as string[];
  }

  /** True if an extension is active; null if it is not installed. */
  async isActive(extension: string): Promise<boolean | null> {
    return (await this.#ask({ operation: 'extension', id: extension })) as boolean | null;
  }

  async #find(suffix: string): Promise<AgentTool | undefined> {
    return (await this.tools()).find(({ name }) => name.startsWith('mcp_') && name.endsWith(suffix));
  }

  // Not fetch: a call may wait for a human longer than fetch waits for headers.
  async #ask(body: object, signal?: AbortSignal): Promise<unknown> {
    const text = await new Promise<string>((resolve, reject) => {
      const request = http.request(
        {
          host: '127.0.0.1',
          port: this.#port,
          method: 'POST',
          headers: { authorization: this.#token },
          signal,
        },
        (response) => {
          let received = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (received += chunk));
          response.on('end', () => resolve(received));
          response.on('error', reject);
        },
      );
      request.on('error', reject);
      request.end(JSON.stringify(body));
    });
    if (text === '') {
      throw new Error('VS Code ended before it answered.');
    }
    const answer = JSON.parse(text) as Answer;
    if ('error' in answer) {
      throw new Error(answer.error);
    }
    return answer.value;
  }
}
