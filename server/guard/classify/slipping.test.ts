import fc from 'fast-check';
import { expect, test } from 'vitest';
import { harness, quiet } from '../../../test/support/guard/relay';

/*
 * However a call is disguised, no server may see one that was not decided, whichever way it reads JSON. The servers
 * here are as lenient as parsers are known to be: they split lines at CR, too, take the first or the last of two
 * members, ignore the case of names and methods, and end names at a NUL.
 */

interface Seen {
  readonly name: unknown;
  readonly arguments: unknown;
}

/** Calls that a lenient server sees in what reached it. */
function callsSeen(text: string, which: 'first' | 'last'): Seen[] {
  return text.split(/[\r\n]+/).flatMap((line) => {
    try {
      return [lenient(JSON.parse(marked(line)), which)].flat().flatMap(callIn);
    } catch {
      return [];
    }
  });
}

/** JSON.parse keeps one of two members; a number in front of each name keeps both, and their order. */
function marked(line: string): string {
  let count = 0;
  return line.replaceAll(/"((?:[^"\\]|\\.)*)"([ \t]*:)/g, (_, name: string, colon: string) => {
    count++;
    return `"${count}#${name}"${colon}`;
  });
}

function lenient(value: unknown, which: 'first' | 'last'): unknown {
  if (Array.isArray(value)) {
    return value.map((element) => lenient(element, which));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const members = new Map<string, unknown>();
  for (const [name, member] of Object.entries(value)) {
    const plain = name.replace(/^\d+#/, '').replace(/\0.*$/s, '').toLowerCase();
    if (which === 'last' || !members.has(plain)) {
      members.set(plain, lenient(member, which));
    }
  }
  return Object.fromEntries(members);
}

function callIn(message: unknown): Seen[] {
  const { method, params } = (message ?? {}) as { method?: unknown; params?: Partial<Seen> | null };
  const called =
    typeof method === 'string' && method.replaceAll(/[\0\s]/g, '').toLowerCase() === 'tools/call';
  return called ? [{ name: params?.name, arguments: params?.arguments }] : [];
}

const space = fc.constantFrom('', '', '', ' ', '\t', '\r', ' \r ');
const disguised = (name: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    name,
    name,
    name,
    name.toUpperCase(),
    `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`,
    `\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}`,
    `${name}\\u0000`,
    `${name}\\u0000x`,
  );
const member = (names: readonly string[], value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...names).chain(disguised), space, space, value)
    .map(([name, before, after, text]) => `"${name}"${before}:${after}${text}`);
const object = (members: fc.Arbitrary<string>[], maximum: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(fc.oneof(...members), { maxLength: maximum }), space)
    .map(([parts, gap]) => `{${gap}${parts.join(`${gap},`)}}`);

const method = fc.constantFrom(
  '"tools/call"',
  '"tools/call"',
  '"Tools/Call"',
  '"tools\\/call"',
  '"tools/call\\u0000"',
  '"ping"',
);
const params = object(
  [
    member(['name'], fc.constantFrom('"read"', '"delete"', '"d\\u0065lete"')),
    member(['arguments'], fc.constantFrom('{}', '{"a":1}', '{"a":1,"a":2}')),
    member(['_meta'], fc.constantFrom('{}', '{"name":"delete"}')),
  ],
  4,
);
const id = fc.constantFrom('1', '2', '3', '"x"', 'null', '1.0');
const anything = [
  member(['method'], method),
  member(['params'], params),
  member(['id'], id),
  member(['result', 'jsonrpc'], fc.constantFrom('"2.0"', '{}')),
];
/** A proper call, its members in any order, with at most one more member of any kind. */
const proper = fc
  .tuple(id, fc.constantFrom('read', 'delete'), fc.array(fc.oneof(...anything), { maxLength: 1 }))
  .chain(([itsId, name, more]) => {
    const call = `"params":{"name":"${name}","arguments":{}}`;
    return fc.shuffledSubarray([`"id":${itsId}`, '"method":"tools/call"', call, ...more], { minLength: 3 });
  })
  .map((members) => `{${members.join(',')}}`);
const message = fc.oneof({ weight: 2, arbitrary: proper }, { weight: 1, arbitrary: object(anything, 5) });
const line = fc.oneof(
  { weight: 3, arbitrary: message },
  { weight: 1, arbitrary: fc.array(message, { maxLength: 3 }).map((messages) => `[${messages.join(',')}]`) },
  { weight: 1, arbitrary: fc.tuple(message, space, message).map(([a, gap, b]) => `${a}${gap}${b}`) },
);

test('no call reaches a server undecided, however it is written', async () => {
  let reached = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 6 }), async (lines) => {
      const { client, enforcer, upstream } = harness();
      enforcer.decision = ({ params: { name } }) =>
        name === 'read' ? enforcer.forward() : enforcer.refuse();
      await client.send(...lines);
      await quiet();
      const allowed = enforcer.asked
        .filter(({ method, params: { name } }) => method === 'tools/call' && name === 'read')
        .map(({ params: given }) => ({ name: given['name'], arguments: given['arguments'] }));
      for (const which of ['first', 'last'] as const) {
        const seen = callsSeen(upstream.text, which);
        reached += seen.length;
        expect(seen).toEqual(allowed);
      }
    }),
    { numRuns: 800 },
  );
  // Were nothing ever let through, this test could not fail.
  expect(reached).toBeGreaterThan(50);
});
