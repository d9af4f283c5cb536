import type { Options } from '@cerbos/core';
import { denyWhenUnavailable, planDeniedWhenUnavailable } from './deny-when-unavailable';
import type { AvailabilityOptions, DecisionPoint, QueryPlanner } from './types';

export interface HttpOptions extends AvailabilityOptions {
  /** Sent with every request, for the server or what is before it. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A central policy decision point: a Cerbos server, over HTTP. Where it does not answer, all is denied.
 * @param url its base, such as `https://pdp.example.com`; plain HTTP only to this machine
 * @throws TypeError if it is another kind of URL
 */
export function httpDecisionPoint(url: string, options: HttpOptions = {}): DecisionPoint & QueryPlanner {
  const base = baseOf(url);
  const { headers, ...availability } = options;
  const clientOptions: Options = headers ? { headers: { ...headers } } : {};
  let client: (DecisionPoint & QueryPlanner) | undefined;
  const connected = async (): Promise<DecisionPoint & QueryPlanner> => {
    if (client) {
      return client;
    }
    // Loaded with the first request: most people decide with policies of their own.
    const { HTTP } = await import('@cerbos/http');
    // Clients have fields with private types, and the two packages may bring two versions of them.
    const made: DecisionPoint & QueryPlanner = new HTTP(base, clientOptions);
    return (client = made);
  };
  return {
    ...denyWhenUnavailable(
      async (request, requestOptions) => (await connected()).checkResources(request, requestOptions),
      availability,
    ),
    ...planDeniedWhenUnavailable(
      async (request, requestOptions) => (await connected()).planResources(request, requestOptions),
      availability,
    ),
  };
}

function baseOf(text: string): string {
  const url = new URL(text);
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && local)) {
    return url.href.replace(/\/$/, '');
  }
  throw new TypeError(`${text} must be an https URL, or an http URL of this machine`);
}
