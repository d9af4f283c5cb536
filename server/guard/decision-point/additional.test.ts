import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { PolicyRequest } from '../request/request-model';
import { additionalDecisionPoint } from './additional';

// Only what is put to a decision point matters here, not what a request consists of.
const request = {
  principal: { id: 'alice', roles: ['agent'], attr: {} },
  resource: { kind: 'mcp:tool', id: 'items/read', scope: 'items', attr: {} },
  actions: ['read'],
} as unknown as PolicyRequest;

const cleaning: (() => void)[] = [];
afterEach(() => {
  cleaning.splice(0).forEach((clean) => clean());
});

/** A web server that answers everything in the same way. */
async function answering(
  body: unknown,
  status = 200,
): Promise<{ readonly url: string; readonly heard: IncomingHttpHeaders[] }> {
  const heard: IncomingHttpHeaders[] = [];
  const server: Server = createServer((asked, response) => {
    heard.push(asked.headers);
    asked.resume();
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleaning.push(
    () => void server.close(),
    () => server.closeAllConnections(),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

const server = (location: string, token?: string) =>
  additionalDecisionPoint({ kind: 'server', location, timeoutMs: 2000 }, token);
const ask = (point: ReturnType<typeof server>) => point.ask(request, new AbortController().signal);

const answer = (changes: object = {}): object => ({
  cerbosCallId: 'c1',
  results: [
    {
      resource: { kind: 'mcp:tool', id: 'items/read', scope: 'items' },
      actions: { read: 'EFFECT_ALLOW' },
      meta: { actions: { read: { matchedPolicy: 'resource.mcp_tool.vdefault' } } },
      ...changes,
    },
  ],
});

describe('a server', () => {
  test('a server is named by its address, and is sent a token that is not in it', async () => {
    const { heard, url } = await answering(answer());
    const point = server(`${url}/?key=abc`, 's3cret');
    expect(point.name).toBe(url);
    expect(server(`${url}/pdp`).name).toBe(`${url}/pdp`);
    await ask(server(url, 's3cret'));
    expect(heard).toMatchObject([{ authorization: 'Bearer s3cret' }]);
    await ask(server(url));
    expect(heard[1]).not.toHaveProperty('authorization');
  });

  test('a server says who decided, what its schemas do not allow, and by what its log finds the call', async () => {
    const { url } = await answering(answer());
    expect(await ask(server(url))).toMatchObject({
      allows: true,
      policy: 'resource.mcp_tool.vdefault',
      callId: 'c1',
      invalid: [],
    });
    const schema = { path: '/a', message: 'must be text', source: 'SOURCE_RESOURCE' };
    const refusing = await answering(
      answer({ actions: { read: 'EFFECT_DENY' }, validationErrors: [schema] }),
    );
    expect(await ask(server(refusing.url))).toMatchObject({
      allows: false,
      invalid: ['/a: must be text'],
    });
  });

  test.each<[string, unknown, RegExp]>([
    ['another resource', answer({ resource: { kind: 'mcp:tool', id: 'items/write' } }), /something else/],
    ['nothing', { results: [] }, /0 resources instead of 1/],
    ['no JSON', '<html>', /JSON|token/],
    ['something else', [1, 2], /./],
  ])('a server that answers with %s gives no answer', async (_, body, why) => {
    const { url } = await answering(body);
    await expect(ask(server(url))).rejects.toThrow(why);
    await expect(ask(server(url))).rejects.toMatchObject({ name: 'NoAnswer' });
  });

  test('a server that leaves the action out does not allow it', async () => {
    const { url } = await answering(answer({ actions: {} }));
    expect(await ask(server(url))).toMatchObject({ allows: false });
  });

  test('a server that refuses to answer is quoted, in bounds and without secrets', async () => {
    const message = `no: password=hunter2 \u001b[31m ${'x'.repeat(1000)}`;
    const { url } = await answering({ code: 7, message }, 403);
    const failure = await ask(server(url)).catch((error: unknown) => String(error));
    expect(failure).toContain('password=[masked]');
    expect(failure).not.toContain('\u001b');
    expect((failure as string).length).toBeLessThan(350);
  });

  test('a server that is not there is said to be not there', async () => {
    const { url } = await answering(answer());
    cleaning.splice(0).forEach((clean) => clean());
    await expect(ask(server(url))).rejects.toThrow(/^fetch failed \(ECONNREFUSED\)$/);
  });

  test.each<[string, string, string | undefined, RegExp]>([
    ['plain HTTP to elsewhere', 'http://pdp.example', undefined, /must be an https URL/],
    ['no URL', 'pdp', undefined, /Invalid URL/],
    [
      'a password in the address',
      'https://a:b@pdp.example',
      undefined,
      /must not contain a name or password/,
    ],
    ['a token that is none', 'https://pdp.example', 's3cret\n', /GATEHOUSE_PDP_TOKEN has characters/],
  ])('a server that is set up with %s never answers, and quotes no secret', async (_, url, token, why) => {
    const failure = await ask(server(url, token)).catch((error: unknown) => String(error));
    expect(failure).toMatch(why);
    expect(failure).toContain('it is not set up rightly');
    expect(failure).not.toMatch(/s3cret|a:b/);
  });
});

describe('a bundle', () => {
  const bundle = (location: string) => additionalDecisionPoint({ kind: 'bundle', location, timeoutMs: 2000 });

  test.each<[string, string, RegExp]>([
    ['a relative path', 'bundle.wasm', /must be absolute/],
    ['plain HTTP', 'http://127.0.0.1:1/b', /must be an https URL/],
    ['a file that is not there', '/nowhere/bundle.wasm', /ENOENT/],
  ])('a bundle at %s never answers', async (_, location, why) => {
    await expect(ask(bundle(location))).rejects.toThrow(why);
  });

  test('a bundle that is no WebAssembly never answers', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bundle-'));
    cleaning.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'bundle.wasm');
    writeFileSync(file, 'not WebAssembly');
    await expect(ask(bundle(file))).rejects.toMatchObject({ name: 'NoAnswer' });
  });
});
