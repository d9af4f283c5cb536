import { isAbsolute } from 'node:path';
import { errorCode, messageOf, visibleText } from '../../protocol';
import type { DecisionPointSettings } from '../../protocol';
import { readOutputs } from '../request/outputs';
import type { Outputs } from '../request/outputs';
import { maskText } from '../request/mask';
import type { PolicyRequest } from '../request/request-model';
import { Unavailable, embeddedDecisionPoint, httpDecisionPoint } from '../../policy/decision-points';
import type { DecisionPoint } from '../../policy/decision-points';

/** A decision point beside the guard's own engine: it may refuse what that allows, and never the other way round. */
export interface AdditionalDecisionPoint {
  /** For refusals and the audit, such as `https://pdp.example.com`; holds no secret. */
  readonly name: string;
  /**
   * Puts a request to it.
   * @throws {NoAnswer} if it does not answer in time, or with something else
   */
  ask(request: PolicyRequest, signal: AbortSignal): Promise<AdditionalAnswer>;
}

/** Its response to one request. Cerbos does not tell "no rule matched" from "a rule denies": both are a denial. */
export interface AdditionalAnswer {
  readonly allows: boolean;
  /** As Cerbos names it; empty if the response has none. */
  readonly policy: string;
  readonly outputs: Outputs;
  /** Attributes that its schemas do not allow. */
  readonly invalid: readonly string[];
  /** By which it finds the decision in its own log. */
  readonly callId: string;
}

/** A decision point gave no answer. The message says why, in words that go behind its name and a colon. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** The environment variable with the token for a server: never a setting, never given to what the guard starts. */
export const tokenVariable = 'GATEHOUSE_PDP_TOKEN';

const longestWhy = 300;

/**
 * The decision point that the settings choose. Settings that can't be used make one that never answers, and says why.
 * @param token sent with every request to a server, as `Authorization: Bearer`
 */
export function additionalDecisionPoint(
  settings: DecisionPointSettings,
  token?: string,
): AdditionalDecisionPoint {
  const name = nameOf(settings.location);
  try {
    return additional(name, pointOf(settings, token));
  } catch (error) {
    const why = `it is not set up rightly: ${wordsOf(error)}`;
    return { name, ask: () => Promise.reject(new NoAnswer(why, { cause: error })) };
  }
}

/** Makes one of any decision point. */
export function additional(name: string, point: DecisionPoint): AdditionalDecisionPoint {
  return { name, ask: (request, signal) => ask(point, request, signal) };
}

function pointOf({ kind, location, timeoutMs }: DecisionPointSettings, token?: string): DecisionPoint {
  const url = location.includes('://') ? new URL(location) : undefined;
  if (url !== undefined && (url.username !== '' || url.password !== '')) {
    throw new TypeError('its address must not contain a name or password');
  }
  if (kind === 'server') {
    return httpDecisionPoint(location, {
      timeoutMs,
      ...(token !== undefined && { headers: { authorization: `Bearer ${checkedToken(token)}` } }),
    });
  }
  if (url === undefined && !isAbsolute(location)) {
    throw new TypeError(`the path of a bundle must be absolute, not ${JSON.stringify(location)}`);
  }
  const source = url === undefined ? { file: location } : { url: location };
  return embeddedDecisionPoint(source, { timeoutMs, lenientScopeSearch: true });
}

/** A header's value; what can't be one would be quoted in an error. */
function checkedToken(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) {
    return token;
  }
  throw new TypeError(`${tokenVariable} has characters that no token has`);
}

/** An address without what may be secret in it. */
function nameOf(location: string): string {
  if (!location.includes('://') || !URL.canParse(location)) {
    return location;
  }
  const { host, pathname, protocol } = new URL(location);
  return `${protocol}//${host}${pathname.replace(/\/$/, '')}`;
}

async function ask(
  point: DecisionPoint,
  { actions, principal, resource }: PolicyRequest,
  signal: AbortSignal,
): Promise<AdditionalAnswer> {
  const [action] = actions;
  const response = await point.checkResources(
    // The request is JSON by construction; its interfaces only lack an index signature.
    {
      principal: { ...principal, roles: [...principal.roles] },
      resources: [{ resource, actions: [action] }],
      includeMetadata: true,
    } as unknown as Parameters<DecisionPoint['checkResources']>[0],
    { signal },
  );
  const [result] = response.results;
  if (response instanceof Unavailable || result === undefined) {
    const why = response instanceof Unavailable ? response.why : undefined;
    throw new NoAnswer(wordsOf(why), { cause: why });
  }
  const outputs = result.outputs.map(({ source, value }) => ({
    src: source,
    action,
    ...(value !== undefined && { val: value }),
  }));
  return {
    allows: result.isAllowed(action) === true,
    policy: result.metadata?.actions[action]?.matchedPolicy ?? '',
    outputs: readOutputs(outputs),
    invalid: result.validationErrors.map(({ message, path }) => printable(`${path}: ${message}`)),
    callId: printable(response.cerbosCallId),
  };
}

/** Why there is no answer; errors of the network hide the reason in their cause. */
function wordsOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return 'it did not answer in time';
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return 'the caller no longer waits';
  }
  const deepest = rootOf(error);
  const cause = deepest === error ? '' : ` (${errorCode(deepest) ?? messageOf(deepest)})`;
  // What Cerbos' client puts before an error that is none of the server's.
  const message = messageOf(error).replace(/^gRPC error 13 \(INTERNAL\): Request failed: /, '');
  return printable(message.includes(cause.slice(2, -1)) ? message : `${message}${cause}`);
}

function rootOf(error: unknown): unknown {
  let root = error;
  for (let depth = 0; depth < 5 && root instanceof Error && root.cause !== undefined; depth++) {
    root = root.cause;
  }
  return root;
}

function printable(text: string): string {
  const shown = visibleText(maskText(text));
  return shown.length <= longestWhy ? shown : `${shown.slice(0, longestWhy)}…`;
}
