import type { JsonObject } from '../protocol';
import { callEffect } from './facts/call-effect';
import { pathClass } from './facts/path-class';
import { locatePaths, takesTrees } from './paths/locate';
import { declaredHints, effectiveAnnotations } from './request/annotations';
import { buildRequest, noApproval } from './request/build';
import type { PolicyRequest } from './request/request-model';
import { subjectOf } from './request/subject';
import { unexpectedArguments } from './request/unexpected';

/** A call to explain, and the circumstances that it would happen in. */
export interface CallToExplain {
  /** A tool definition as `tools/list` gives it (MCP 2025-11-25, Tool); it counts as accepted. */
  readonly tool: JsonObject & { readonly name: string };
  readonly args: JsonObject;
  readonly server: string;
  /** The workspace's folders, absolute. Relative paths are resolved against them. */
  readonly folders: readonly string[];
  readonly home: string;
  readonly user: string;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The Cerbos request that policies would see for a call in a new session, before anybody was asked. */
export function explainCall(call: CallToExplain): PolicyRequest {
  const { args, env, folders, home, platform, server, tool, user } = call;
  const { name, title } = tool;
  const schema = tool['inputSchema'];
  const inputSchema =
    typeof schema === 'object' && schema !== null && !Array.isArray(schema)
      ? (schema as JsonObject)
      : undefined;
  const annotations = effectiveAnnotations(tool);
  const paths = locatePaths(args, inputSchema, {
    platform,
    folders,
    bases: folders,
    home,
    guarded: [],
    env,
    readOnly: annotations.readOnlyHint,
    takesTrees: takesTrees(name),
  });
  const titled = typeof title === 'string' ? { title } : {};
  return buildRequest(
    {
      subject: subjectOf('tools/call', { name, arguments: args }),
      user: { id: user, name: user, source: 'os' },
      agent: { verified: false },
      session: {
        id: 'new',
        startedAt: new Date(0).toISOString(),
        seconds: 0,
        calls: 0,
        denied: 0,
        approved: 0,
        counters: {},
        callsByTool: {},
        servers: [],
        recent: [],
        touched: { openWorld: false, destructive: false },
      },
      server: { name: server, origin: 'user', fingerprint: '', accepted: true, transport: 'stdio' },
      tool: {
        ...titled,
        accepted: true,
        changed: false,
        reworded: false,
        annotations,
        unexpected: unexpectedArguments(args, inputSchema),
        effect: callEffect({ name, ...titled, declared: declaredHints(tool), args, inputSchema }),
      },
      paths: paths.map((path) => ({ ...path, class: path.protected ? 'protected' : pathClass(path.path) })),
      workspace: { name: 'workspace', trusted: true, folders },
    },
    noApproval,
  );
}
