import { isJsonObject } from '../../server/protocol';
import { findNodeAtLocation, modify, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Edit, Node, ParseError } from 'jsonc-parser';
import type { JsonObject, JsonValue } from '../../server/protocol';

/** A server as a configuration file has it. */
interface ServerEntry {
  readonly name: string;
  /** As written: no variable replaced. */
  readonly definition: JsonObject;
  /** UTF-16 offset of the entry's name in the file. */
  readonly offset: number;
}

interface McpConfig {
  readonly servers: readonly ServerEntry[];
  /** The mistakes in the file, one sentence each; servers that could be read are listed all the same. */
  readonly problems: readonly string[];
}

/**
 * Where a file keeps its servers: VS Code and Gatehouse under `servers`, most other agents under `mcpServers`.
 */
type ServersKey = 'servers' | 'mcpServers';

/** Reads a configuration file: JSON, with comments and trailing commas as VS Code takes them. Never throws. */
export function parseMcpConfig(text: string, keys: readonly ServersKey[]): McpConfig {
  const errors: ParseError[] = [];
  // A byte order mark is replaced by a space, so that offsets stay those of the file.
  const root = parseTree(text.replace(/^\uFEFF/, ' '), errors, { allowTrailingComma: true });
  const problems = errors.map(({ error, offset }) => {
    const line = text.slice(0, offset).split('\n').length;
    return `line ${line}: ${printParseErrorCode(error)}`;
  });
  const servers: ServerEntry[] = [];
  for (const key of keys) {
    const list = root === undefined ? undefined : findNodeAtLocation(root, [key]);
    if (list === undefined) {
      continue;
    }
    if (list.type !== 'object') {
      problems.push(`"${key}" is not an object`);
      continue;
    }
    for (const property of list.children ?? []) {
      const [nameNode, valueNode] = property.children ?? [];
      const definition = valueNode === undefined ? undefined : valueOf(valueNode);
      if (typeof nameNode?.value !== 'string' || !isJsonObject(definition)) {
        problems.push(`an entry of "${key}" is not an object`);
        continue;
      }
      const name = nameNode.value;
      if (servers.some((server) => server.name === name)) {
        // Readers differ in which of two they take, so neither can be said to be the one.
        problems.push(`"${name}" is there twice`);
        continue;
      }
      servers.push({ name, definition, offset: nameNode.offset });
    }
  }
  return { servers, problems };
}

/** The edits that take a server out of a file, and leave its comments and other entries as they are. */
export function removalEdits(text: string, name: string): readonly Edit[] {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const keys: readonly ServersKey[] = ['servers', 'mcpServers'];
  return keys
    .map((key) => [key, name])
    .filter((path) => root !== undefined && findNodeAtLocation(root, path) !== undefined)
    .flatMap((path) =>
      modify(text, path, undefined, { formattingOptions: { insertSpaces: true, tabSize: 2 } }),
    );
}

/** The node's value; unlike the library's own, with `__proto__` as a member like any other. */
function valueOf(node: Node): JsonValue | undefined {
  switch (node.type) {
    case 'array':
      return (node.children ?? []).map((child) => valueOf(child) ?? null);
    case 'object':
      return Object.fromEntries(
        (node.children ?? []).flatMap(({ children = [] }) => {
          const [key, value] = children;
          return typeof key?.value === 'string' && value !== undefined
            ? [[key.value, valueOf(value) ?? null]]
            : [];
        }),
      );
    default:
      return node.value as JsonValue;
  }
}
