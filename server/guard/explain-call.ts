import { isJsonObject, noSession } from '../protocol';
import type { JsonObject } from '../protocol';
import { classified, toolFacts } from './decide/gather/call';
import { locatePaths, takesTrees } from './paths/locate';
import { declaredHints, effectiveAnnotations } from './request/annotations';
import { buildRequest, noApproval } from './request/build';
import type { PolicyRequest } from './request/request-model';
import { subjectOf } from './request/subject';

/** A call to explain, and the circumstances that it would happen in. */
interface CallToExplain {
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
  const { args, env, folders, home, platform, server, tool: definition, user } = call;
  const { inputSchema, name, title } = definition;
  const subject = subjectOf('tools/call', { name, arguments: args });
  const tool = {
    ...(typeof title === 'string' ? { title } : {}),
    accepted: true,
    changed: false,
    annotations: effectiveAnnotations(definition),
    declared: declaredHints(definition),
    inputSchema: isJsonObject(inputSchema) ? inputSchema : undefined,
  };
  const paths = locatePaths(args, tool.inputSchema, {
    platform,
    folders,
    bases: folders,
    home,
    guarded: [],
    env,
    readOnly: tool.annotations.readOnlyHint,
    takesTrees: takesTrees(name),
  });
  return buildRequest(
    {
      subject,
      user: { id: user, name: user, source: 'os' },
      agent: { verified: false },
      session: { ...noSession, id: 'new', startedAt: new Date(0).toISOString() },
      server: { name: server, origin: 'user', fingerprint: '', accepted: true, transport: 'stdio' },
      tool: toolFacts(subject, tool),
      paths: paths.map(classified),
      workspace: { name: 'workspace', trusted: true, folders },
    },
    noApproval,
  );
}
