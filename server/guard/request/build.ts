import type { SessionFacts } from '../../protocol';
import type { AgentIdentity } from '../enforcer';
import type { Effect } from '../facts/effect';
import type { EffectiveAnnotations } from './annotations';
import type { ApprovalFacts, ClassifiedPath, PolicyRequest, ResourceAttributes } from './request-model';
import { scopeOf } from './scope';
import type { Subject } from './subject';

/** All that goes into a Cerbos request besides the approval. */
export interface RequestFacts {
  readonly subject: Subject;
  readonly user: { readonly id: string; readonly name: string; readonly source: 'os' };
  readonly agent: AgentIdentity;
  readonly session: SessionFacts;
  readonly server: ResourceAttributes['server'];
  /** Only for tools. */
  readonly tool?: {
    readonly title?: string;
    readonly accepted: boolean;
    readonly changed: boolean;
    readonly reworded: boolean;
    readonly annotations: EffectiveAnnotations;
    readonly unexpected: readonly string[];
    readonly effect: Effect;
  };
  readonly paths: readonly ClassifiedPath[];
  readonly workspace: ResourceAttributes['workspace'];
}

/** Nobody has been asked. */
export const noApproval: ApprovalFacts = { level: 0, granted: false, ageSeconds: 0 };

/** The Cerbos request for a call with a human's consent as given. */
export function buildRequest(facts: RequestFacts, approval: ApprovalFacts): PolicyRequest {
  const { agent, paths, server, session, subject, tool, user, workspace } = facts;
  const { conversationId, name, verified, version } = agent;
  return {
    principal: {
      id: user.id,
      roles: ['agent'],
      attr: {
        user: { ...user, roles: [] },
        agent: {
          ...(name === undefined ? {} : { name }),
          ...(version === undefined ? {} : { version }),
          verified,
        },
        approval,
        session,
        conversation: conversationId === undefined ? {} : { id: conversationId },
      },
    },
    resource: {
      kind: subject.kind,
      id: `${server.name}/${subject.name}`,
      scope: scopeOf(server.name),
      attr: {
        server,
        ...(tool === undefined ? {} : toolAttributes(subject.name, tool)),
        arguments: subject.args,
        paths,
        workspace,
      },
    },
    actions: [subject.action],
  };
}

function toolAttributes(
  name: string,
  { accepted, annotations, changed, effect, reworded, title, unexpected }: NonNullable<RequestFacts['tool']>,
): Pick<ResourceAttributes, 'tool' | 'annotations' | 'unexpected' | 'effect'> {
  return {
    tool: { name, ...(title === undefined ? {} : { title }), accepted, changed, reworded },
    annotations,
    unexpected,
    effect,
  };
}
