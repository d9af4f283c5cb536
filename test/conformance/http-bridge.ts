// Makes a server over stdio reachable over HTTP, one process a session: the conformance suite speaks HTTP only.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';

interface HttpBridge {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. @param args what Node.js is started with for each session */
export async function bridge(args: readonly string[]): Promise<HttpBridge> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const children = new Set<ChildProcess>();
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = request.headers['mcp-session-id'];
    const transport = (typeof id === 'string' ? sessions.get(id) : undefined) ?? (await open());
    await transport.handleRequest(request, response);
  }

  async function open(): Promise<StreamableHTTPServerTransport> {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => {
        sessions.set(id, transport);
      },
      enableDnsRebindingProtection: true,
      allowedHosts: [`127.0.0.1:${port}`, `localhost:${port}`],
      allowedOrigins: [`http://127.0.0.1:${port}`, `http://localhost:${port}`],
    });
    let child: ChildProcess | undefined;
    transport.onmessage = (message) => {
      child ??= start(transport);
      child.stdin?.write(`${JSON.stringify(message)}\n`);
    };
    transport.onclose = () => child?.stdin?.end();
    await transport.start();
    return transport;
  }

  function start(transport: StreamableHTTPServerTransport): ChildProcess {
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    children.add(child);
    child.once('exit', () => children.delete(child));
    createInterface({ input: child.stdout }).on('line', (line) => {
      transport.send(JSON.parse(line) as JSONRPCMessage).catch(() => undefined);
    });
    return child;
  }

  return {
    url: `http://127.0.0.1:${port}/mcp`,
    close: async () => {
      children.forEach((child) => child.kill());
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
