// Stands in for Copilot: calls language model tools when a test says so. The test speaks JSON over HTTP to a
// free port on loopback; port and token are written to the file that GATEHOUSE_TEST_AGENT names.
const { randomUUID } = require('node:crypto');
const { renameSync, writeFileSync } = require('node:fs');
const http = require('node:http');
const vscode = require('vscode');

/** What a test may ask, by name. Each gets the body and a token that is cancelled when the test hangs up. */
const operations = {
  tools: () =>
    vscode.lm.tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
  invoke: async ({ name, input }, token) => {
    const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }, token);
    return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : part));
  },
  command: async ({ id, args }) => await vscode.commands.executeCommand(id, ...args),
  commands: () => vscode.commands.getCommands(true),
  extension: ({ id }) => vscode.extensions.getExtension(id)?.isActive,
};

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
