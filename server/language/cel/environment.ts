import { cerbosEnvironment } from '../../policy';
import type { Environment } from '../../cel';

let built: Environment | undefined;

/** Cerbos' environment, built when first asked for. */
export function environment(): Environment {
  return (built ??= cerbosEnvironment());
}
