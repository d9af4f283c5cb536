import { digestOfJson, noSession } from '../../../protocol';
import type { AttemptFacts, JsonObject, JsonValue, NewRecord, SharedFacts } from '../../../protocol';
import { buildRequest, noApproval } from '../../request/build';
import { maskedCopy, maskText, recordLimits } from '../../request/mask';
import type { MaskedCopy } from '../../request/mask';
import type { PolicyRequest, ResourceAttributes } from '../../request/request-model';
import type { OpenSession } from '../../session/session-store';
import type { PreparedCall } from '../gather/prepared-call';

/** An attempt's facts, and the records that it refers to and the log does not have yet. */
interface RecordedFacts {
  readonly facts: AttemptFacts;
  readonly before: readonly NewRecord[];
}

/** Attributes of the resource that calls share: those of the server and the workspace, and those of the tool. */
const ofServer = ['server', 'workspace'] as const;
const ofTool = ['tool', 'annotations'] as const;

/** Parts whose digests are remembered; a server that changes its tools again and again makes many. */
const mostRemembered = 256;

/** Writes down what policies see of calls; what several calls share only once a log. */
export class FactsRecorder {
  readonly #hasDecisionPoint: boolean;
  /** By the text of the part before it was masked. */
  readonly #parts = new Map<string, { readonly digest: string; readonly facts: SharedFacts }>();

  constructor(hasDecisionPoint: boolean) {
    this.#hasDecisionPoint = hasDecisionPoint;
  }

  /**
   * @param args as the attempt's record has them
   * @param isNamed whether that record has the whole name of the tool
   * @param session as it is when the call is decided
   */
  record(
    { call, layers, surroundings }: Pick<PreparedCall, 'call' | 'layers' | 'surroundings'>,
    args: MaskedCopy,
    isNamed: boolean,
    session: Pick<OpenSession, 'has' | 'now'>,
  ): RecordedFacts {
    const request = buildRequest({ ...surroundings, session: noSession }, noApproval);
    const attr = ownAttributes(request, args.hidden);
    const parts = [this.#part(serverPart(request)), this.#part(toolPart(request))];
    const action = maskText(call.subject.action);
    const masked = [
      ...(isNamed ? [] : ['/resource/id']),
      ...(action === call.subject.action ? [] : ['/actions']),
      ...args.masked.map((pointer) => `/resource/attr/arguments${pointer}`),
      ...attr.masked.map((pointer) => `/resource/attr${pointer}`),
    ];
    return {
      facts: {
        policies: layers.digest,
        now: session.now,
        action,
        shared: parts.map(({ digest }) => digest),
        attr: attr.value,
        ...(masked.length > 0 && { masked }),
        ...(this.#hasDecisionPoint && { decisionPoint: true }),
      },
      before: [
        ...(session.has(layers.digest) ? [] : [policiesRecord(layers)]),
        ...parts
          .filter(({ digest }) => !session.has(digest))
          .map(({ digest, facts }): NewRecord => ({ type: 'facts', digest, facts })),
      ],
    };
  }

  #part(request: JsonObject): { readonly digest: string; readonly facts: SharedFacts } {
    const text = JSON.stringify(request);
    const known = this.#parts.get(text);
    if (known !== undefined) {
      return known;
    }
    const { masked, value } = maskedCopy(request, [], recordLimits);
    const facts: SharedFacts = { request: value, ...(masked.length > 0 && { masked }) };
    const part = { digest: digestOfJson(facts as unknown as JsonValue).slice(0, 16), facts };
    if (this.#parts.size >= mostRemembered) {
      this.#parts.clear();
    }
    this.#parts.set(text, part);
    return part;
  }
}

function policiesRecord({ digest, policyLayers }: PreparedCall['layers']): NewRecord {
  return {
    type: 'policies',
    digest,
    layers: policyLayers.map((layer) => ({ name: layer.name, digest: layer.digest })),
  };
}

/** Principal, server and workspace, as long as they stay. */
function serverPart({ principal, resource }: PolicyRequest): JsonObject {
  const { agent, conversation, user } = principal.attr;
  const { attr, kind, scope } = resource;
  return json({
    principal: { ...principal, attr: { user, agent, conversation } },
    resource: { kind, scope, attr: picked(attr, ofServer) },
  });
}

/** The tool, as long as its definition stays. */
function toolPart({ resource }: PolicyRequest): JsonObject {
  return json({ resource: { attr: picked(resource.attr, ofTool) } });
}

/**
 * The facts of this call alone, besides its arguments.
 * @param hidden JSON Pointers to the arguments that are secrets: what was found in them is masked, too
 */
function ownAttributes({ resource }: PolicyRequest, hidden: readonly string[]): MaskedCopy {
  const shared: readonly string[] = ['arguments', ...ofServer, ...ofTool];
  const own = Object.entries(resource.attr).filter(([name]) => !shared.includes(name));
  return maskedCopy(
    json(Object.fromEntries(own)),
    hidden.length === 0 ? [] : found(resource, hidden),
    recordLimits,
  );
}

/** Places in the attributes with words from hidden arguments, in doubt from others. */
function found({ attr, kind }: PolicyRequest['resource'], hidden: readonly string[]): readonly string[] {
  const names = hidden.map((pointer) => pointer.split('/')[1] ?? '');
  const paths = attr.paths.flatMap(({ argument }, index) =>
    // Other requests name their arguments otherwise than they send them.
    kind !== 'mcp:tool' || names.some((name) => argument.startsWith(name)) ? [`paths[${index}].path`] : [],
  );
  return [...paths, 'effect.evidence[*].text', 'effect.targets[*].name'];
}

function picked(attr: ResourceAttributes, names: readonly (keyof ResourceAttributes)[]): object {
  return Object.fromEntries(names.flatMap((name) => (attr[name] === undefined ? [] : [[name, attr[name]]])));
}

/** JSON by construction; interfaces only lack an index signature. */
function json(value: object): JsonObject {
  return value as JsonObject;
}
