import { buildRequest, noApproval } from '../../../server/guard/request/build';
import type { RequestFacts } from '../../../server/guard/request/build';
import type { PolicyRequest } from '../../../server/guard/request/request-model';
import { subjectOf } from '../../../server/guard/request/subject';

export type { PolicyRequest } from '../../../server/guard/request/request-model';

/** The request that the guard builds from the facts that a request for a tool tells. */
export function rebuilt(documented: PolicyRequest): PolicyRequest {
  const { attr } = documented.principal;
  const {
    annotations,
    arguments: args,
    effect,
    paths,
    server,
    tool,
    unexpected,
    workspace,
  } = documented.resource.attr;
  const facts: RequestFacts = {
    subject: subjectOf('tools/call', { name: 'write_file', arguments: args }),
    user: { id: attr.user.id, name: attr.user.name, source: attr.user.source },
    agent: attr.agent,
    session: attr.session,
    server,
    tool: {
      ...(tool?.title !== undefined && { title: tool.title }),
      accepted: tool?.accepted ?? false,
      changed: tool?.changed ?? true,
      reworded: tool?.reworded ?? true,
      annotations: annotations ?? {
        readOnlyHint: true,
        destructiveHint: false,
        idempotentHint: false,
        openWorldHint: false,
      },
      unexpected: unexpected ?? ['?'],
      effect: effect ?? {
        kinds: [],
        destructive: true,
        recognised: false,
        contradicts: false,
        evidence: [],
        targets: [],
      },
    },
    paths,
    workspace,
  };
  return buildRequest(facts, noApproval);
}
