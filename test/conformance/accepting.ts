// Accepts a fixture server's tools as a human would, without asking one.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { pinnedPart, toolDigest } from '../../server/guard/accept/pinning';
import { digestOfJson, installationKey, serverIdentity, writeAccepted } from '../../server/protocol';
import type { AcceptedTool, JsonObject, StartedServer, StateLayout } from '../../server/protocol';

/**
 * Records that the tools which a command's server lists right now are accepted.
 * @param launched what its guard is launched with, where that differs from `gatehouse guard --name NAME`
 */
export async function acceptTools(
  layout: StateLayout,
  name: string,
  command: string,
  args: readonly string[],
  launched: Partial<StartedServer> = {},
): Promise<void> {
  const client = new Client({ name: 'accepting', version: '1' }, { capabilities: {} });
  await client.connect(new StdioClientTransport({ command, args: [...args], stderr: 'ignore' }));
  const listed: JsonObject[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.listTools({ cursor });
    listed.push(...(page.tools as unknown as JsonObject[]));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  const instructions = client.getInstructions() ?? '';
  await client.close();
  const tools = listed.map((tool): [string, AcceptedTool] => [
    tool['name'] as string,
    { digest: toolDigest(tool), definition: pinnedPart(tool) },
  ]);
  const server: StartedServer = {
    name,
    origin: 'user',
    definition: { type: 'stdio', command, args },
    command,
    args,
    cwd: process.cwd(),
    environment: process.env,
    ...launched,
  };
  writeAccepted(layout, {
    version: 1,
    name: 'accepted by a test',
    fingerprint: serverIdentity(server, installationKey(layout)).acceptance,
    acceptedAt: new Date().toISOString(),
    by: 'a test',
    instructionsDigest: digestOfJson(instructions),
    instructions,
    tools: Object.fromEntries(tools),
  });
}
