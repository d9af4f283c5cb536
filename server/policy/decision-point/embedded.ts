import { readFile } from 'node:fs/promises';
import type { Options } from '@cerbos/embedded';
import type { JsonObject } from '../../cel';
import { TokenVerifier } from '../aux-data/token-verifier';
import { denyWhenUnavailable } from './deny-when-unavailable';
import type { AvailabilityOptions, CheckResources, DecisionPoint } from './types';

/** Where a bundle is that Cerbos Hub has built. */
export type BundleSource = { readonly file: string } | { readonly url: string };

export interface EmbeddedOptions extends AvailabilityOptions {
  readonly lenientScopeSearch?: boolean;
  readonly globals?: JsonObject;
  readonly defaultPolicyVersion?: string;
  readonly now?: () => Date;
  readonly tokens?: TokenVerifier;
}

/**
 * A bundle of Cerbos Hub: policies and Cerbos' own engine in one WebAssembly module, run in this process. Where it cannot
 * be loaded or does not answer, all is denied. Loaded with the first request.
 *
 * Note that the engine in such bundles is of another version, and that expressions which cannot be evaluated count as false.
 */
export function embeddedDecisionPoint(source: BundleSource, options: EmbeddedOptions = {}): DecisionPoint {
  const { timeoutMs = 10_000, onUnavailable, ...bundleOptions } = options;
  let client: Promise<DecisionPoint> | undefined;
  const checkResources: CheckResources = async (request, requestOptions) => {
    client ??= load(source, bundleOptions);
    try {
      return await (await client).checkResources(request, requestOptions);
    } catch (error) {
      // What could not be loaded may be there next time.
      client = undefined;
      throw error;
    }
  };
  return denyWhenUnavailable(checkResources, { timeoutMs, ...(onUnavailable && { onUnavailable }) });
}

async function load(
  source: BundleSource,
  { tokens = new TokenVerifier({}), globals, ...rest }: Omit<EmbeddedOptions, keyof AvailabilityOptions>,
): Promise<DecisionPoint> {
  const { Embedded, Loader } = await import('@cerbos/embedded');
  const options: Options = {
    ...rest,
    // JSON either way; the library's type allows changing it.
    ...(globals && { globals: globals as NonNullable<Options['globals']> }),
    decodeJWTPayload: async ({ token, keySetId }) =>
      (await tokens.claims({ token, ...(keySetId !== undefined && { keySetId }) })) as Awaited<
        ReturnType<NonNullable<Options['decodeJWTPayload']>>
      >,
  };
  const bytes = 'file' in source ? new Uint8Array(await readFile(source.file)) : secure(source.url);
  const loader = new Loader(bytes, options);
  await loader.active();
  return new Embedded(loader);
}

function secure(url: string): string {
  if (new URL(url).protocol !== 'https:') {
    throw new TypeError(`${url} must be an https URL`);
  }
  return url;
}
