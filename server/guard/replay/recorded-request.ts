import { isJsonObject } from '../../protocol';
import type {
  AttemptFacts,
  AttemptRecord,
  JsonObject,
  JsonValue,
  SessionFacts,
  SharedFacts,
} from '../../protocol';
import type { ApprovalFacts, PolicyRequest } from '../request/request-model';

/** The Cerbos request of a recorded call. */
export interface RecordedRequest {
  /** The request with a consent as given; where it is masked, it holds what stands in the record. */
  readonly at: (approval: ApprovalFacts) => PolicyRequest;
  /** JSON Pointers into the request, to what is masked or cut. */
  readonly masked: readonly string[];
}

/**
 * The request that policies saw of a call.
 * @param shared the facts that the attempt refers to
 * @param session as the records before the attempt tell it
 */
export function recordedRequest(
  attempt: AttemptRecord,
  facts: AttemptFacts,
  shared: readonly SharedFacts[],
  session: SessionFacts,
): RecordedRequest {
  const base = shared.map(({ request }) => request).reduce(merged, {});
  const principal = objectAt(base, 'principal');
  const resource = objectAt(base, 'resource');
  const attr = { ...objectAt(resource, 'attr'), arguments: attempt.arguments, ...facts.attr };
  const ofPrincipal = objectAt(principal, 'attr');
  const request = {
    ...base,
    resource: { ...resource, id: `${attempt.server}/${attempt.tool}`, attr },
    actions: [facts.action],
  };
  return {
    at: (approval) =>
      // As it was recorded; only interfaces lack an index signature.
      ({
        ...request,
        principal: { ...principal, attr: { ...ofPrincipal, approval, session } },
      }) as unknown as PolicyRequest,
    masked: [...shared.flatMap(({ masked = [] }) => masked), ...(facts.masked ?? [])],
  };
}

/** The members of both objects, and of the objects in them. */
function merged(first: JsonObject, second: JsonObject): JsonObject {
  const result = new Map<string, JsonValue>(Object.entries(first));
  for (const [name, value] of Object.entries(second)) {
    const before = result.get(name);
    result.set(name, isJsonObject(before) && isJsonObject(value) ? merged(before, value) : value);
  }
  return Object.fromEntries(result);
}

function objectAt(value: JsonObject, name: string): JsonObject {
  const member = value[name];
  return isJsonObject(member) ? member : {};
}

/**
 * A copy of a request that tells when something masked is read.
 * @param masked JSON Pointers
 */
export function watched(
  request: PolicyRequest,
  masked: readonly string[],
  onRead: () => void,
): PolicyRequest {
  const pointers = masked.map((pointer) => pointer.split('/').slice(1).map(unescaped));
  return watchedCopy(request, pointers, onRead) as PolicyRequest;
}

function watchedCopy(value: unknown, pointers: readonly (readonly string[])[], onRead: () => void): unknown {
  if (typeof value !== 'object' || value === null || pointers.length === 0) {
    return value;
  }
  const copy: object = Array.isArray(value) ? [...(value as readonly unknown[])] : { ...value };
  for (const name of new Set(pointers.map(([first = '']) => first))) {
    if (!Object.hasOwn(value, name)) {
      // The record is not as the guard writes it.
      onRead();
      continue;
    }
    const below = pointers.filter(([first]) => first === name).map(([, ...rest]) => rest);
    const member = (value as Readonly<Record<string, unknown>>)[name];
    const isMasked = below.some((rest) => rest.length === 0);
    Object.defineProperty(copy, name, {
      configurable: true,
      enumerable: true,
      ...(isMasked
        ? {
            get: () => {
              onRead();
              return member;
            },
          }
        : { value: watchedCopy(member, below, onRead), writable: true }),
    });
  }
  return copy;
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/**
 * Masked places as unknown paths of partial evaluation, such as `resource.attr.arguments.token`. A part whose name has
 * a dot makes the whole of what it is in unknown.
 */
export function unknownPaths(masked: readonly string[]): readonly string[] {
  return masked.map((pointer) => {
    const parts = pointer.split('/').slice(1).map(unescaped);
    const end = parts.findIndex((part) => part === '' || part.includes('.'));
    return (end < 0 ? parts : parts.slice(0, end)).join('.');
  });
}
