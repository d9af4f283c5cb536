// Stands in for Copilot: calls language model tools when a test says so, or a person with the command "Call a
// Tool…". A test speaks JSON over HTTP to a free port on loopback; port and token are written to the file that
// GATEHOUSE_TEST_AGENT names.
const { randomUUID } = require('node:crypto');
const { renameSync, writeFileSync } = require('node:fs');
const http = require('node:http');
const vscode = require('vscode');

/**
 * The operations that a test may call, by name. Each gets the body and a token that is cancelled when the test hangs
 * up.
 */
const operations = {
  tools: () =>
    vscode.lm.tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
  invoke: ({ name, input }, token) => invoke(name, input, token),
  command: async ({ id, args }) => await vscode.commands.executeCommand(id, ...args),
  commands: () => vscode.commands.getCommands(true),
  extension: ({ id }) => vscode.extensions.getExtension(id)?.isActive,
};

async function invoke(name, input, token) {
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }, token);
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : part));
}

/** For a person: picks an MCP tool, asks for its arguments as JSON, calls it, and shows what came back. */
async function callTool() {
  const options = { waitForLiveTools: true, autoTrustChanges: true };
  await vscode.commands.executeCommand('workbench.mcp.startServer', '*', options);
  const tools = vscode.lm.tools.filter(({ name }) => name.startsWith('mcp_'));
  const items = tools.map((tool) => ({ label: tool.name, detail: tool.description, tool }));
  const picked = await vscode.window.showQuickPick(items, { title: 'Call which tool?', matchOnDetail: true });
  if (!picked) return;
  const required = picked.tool.inputSchema?.required ?? [];
  const text = await vscode.window.showInputBox({
    title: `The arguments of ${picked.label}, as JSON`,
    value: JSON.stringify(Object.fromEntries(required.map((name) => [name, '']))),
    ignoreFocusOut: true,
  });
  if (text === undefined) return;
  try {
    const parts = await invoke(picked.label, JSON.parse(text));
    void vscode.window.showInformationMessage(`${picked.label}: ${parts.join(' ')}`);
  } catch (error) {
    void vscode.window.showErrorMessage(`${picked.label}: ${error instanceof Error ? error.message : error}`);
  }
}

async function answer(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { operation, ...body } = JSON.parse(Buffer.concat(chunks).toString());
  const source = new vscode.CancellationTokenSource();
  response.once('close', () => source.cancel());
  try {
    const value = await operations[operation](body, source.token);
    response.end(JSON.stringify({ value: value ?? null }));
  } catch (error) {
    response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
  }
}

exports.activate = (context) => {
  context.subscriptions.push(vscode.commands.registerCommand('copilotStandIn.callTool', callTool));
  const file = process.env.GATEHOUSE_TEST_AGENT;
  if (!file) return;
  const token = randomUUID();
  const server = http.createServer((request, response) => {
    if (request.headers.authorization === token) void answer(request, response);
    else response.writeHead(403).end();
  });
  server.listen(0, '127.0.0.1', () => {
    writeFileSync(`${file}.new`, JSON.stringify({ port: server.address().port, token }));
    renameSync(`${file}.new`, file);
  });
  context.subscriptions.push({ dispose: () => server.close() });
};
