import type {
  CheckResourcesRequest,
  CheckResourcesResponse,
  CheckResourcesResult,
  RequestOptions,
  ResourceCheck,
} from '@cerbos/core';
import { deniedPlan, isPlan } from './plans';
import { Response, allow, decisionPointOf, deny, isAllow, resultFor } from './results';
import type { AvailabilityOptions, CheckResources, DecisionPoint, QueryPlanner } from './types';

const defaultTimeoutMs = 2000;

/** Stands for the answer of a decision point that gave none, or none that could be used: it denies all that was asked. */
export class Unavailable extends Response {
  readonly why: unknown;

  constructor({ requestId = '', resources }: CheckResourcesRequest, why: unknown) {
    super(
      requestId,
      resources.map((check) => resultFor(check, () => deny)),
    );
    this.why = why;
  }
}

/**
 * Makes a decision point of one that may fail: an error, a timeout, an answer to something else and an answer that leaves
 * something out all deny, see {@link Unavailable}. Nothing is allowed but what was asked for and is said to be allowed.
 * @param checkResources may reject, hang, or answer anything
 */
export function denyWhenUnavailable(
  checkResources: CheckResources,
  { timeoutMs = defaultTimeoutMs, onUnavailable }: AvailabilityOptions = {},
): DecisionPoint {
  return decisionPointOf(async (request, options) => {
    try {
      return answered(request, await inTime((timed) => checkResources(request, timed), timeoutMs, options));
    } catch (error) {
      onUnavailable?.(error);
      return new Unavailable(request, error);
    }
  });
}

/** Makes a query planner of one that may fail in the same ways: without an answer nothing is allowed. */
export function planDeniedWhenUnavailable(
  planResources: QueryPlanner['planResources'],
  { timeoutMs = defaultTimeoutMs, onUnavailable }: AvailabilityOptions = {},
): QueryPlanner {
  return {
    planResources: async (request, options) => {
      try {
        const plan = await inTime((timed) => planResources(request, timed), timeoutMs, options);
        if (!isPlan(plan)) {
          throw new Error('the answer is no plan');
        }
        return plan;
      } catch (error) {
        onUnavailable?.(error);
        return deniedPlan(request);
      }
    },
  };
}

async function inTime<T>(
  ask: (options: RequestOptions) => Promise<T>,
  timeoutMs: number,
  options: RequestOptions | undefined,
): Promise<T> {
  // A timer of its own: Node.js 20 may collect the signals of AbortSignal.timeout and any before they fire.
  const controller = new AbortController();
  const { signal } = controller;
  const outer = options?.signal;
  const timer = setTimeout(() => {
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  }, timeoutMs);
  const stop = (): void => controller.abort(outer?.reason);
  if (outer?.aborted === true) {
    stop();
  }
  outer?.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([ask({ ...options, signal }), aborted(signal)]);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', stop);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => {
      const reason: unknown = signal.reason;
      reject(reason instanceof Error ? reason : new Error('aborted'));
    };
    if (signal.aborted) {
      stop();
    } else {
      signal.addEventListener('abort', stop, { once: true });
    }
  });
}

function answered(
  { requestId = '', resources }: CheckResourcesRequest,
  response: CheckResourcesResponse,
): CheckResourcesResponse {
  const { results } = response;
  // Answers come in the order of the questions; one too few or too many belongs to nobody knows which.
  if (results.length !== resources.length) {
    throw new Error(`the answer is about ${results.length} resources instead of ${resources.length}`);
  }
  const all = resources.map((check, index) => resultOf(check, results[index]));
  const made = new Response(requestId, all);
  made.cerbosCallId = response.cerbosCallId;
  return made;
}

function resultOf(check: ResourceCheck, result: CheckResourcesResult | undefined): CheckResourcesResult {
  const { kind, id } = check.resource;
  if (result?.resource.kind !== kind || result.resource.id !== id) {
    throw new Error(`the answer is about something else than ${kind} ${id}`);
  }
  const effectOf = (action: string) =>
    Object.hasOwn(result.actions, action) ? result.actions[action] : undefined;
  return resultFor(check, (action) => (isAllow(effectOf(action)) ? allow : deny), result);
}
