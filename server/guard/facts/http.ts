import type { JsonObject, JsonValue } from '../../protocol';
import { noEvidence } from './effect';
import type { CallEvidence, EffectKind, Evidence, Target } from './effect';
import { lettersOf } from './words';

/** The effect of each method (RFC 9110 §9.3, RFC 5789; QUERY: draft-ietf-httpbis-safe-method-w-body). */
const methods: Readonly<Record<string, readonly EffectKind[]>> = {
  GET: ['read'],
  HEAD: ['read'],
  OPTIONS: ['read'],
  TRACE: ['read'],
  QUERY: ['read'],
  POST: ['send'],
  PUT: ['send', 'change'],
  PATCH: ['send', 'change'],
  DELETE: ['delete'],
};

const addressNames =
  /^(url|uri|urls|endpoint|address|href|link|baseurl|target(url)?|website|site|page(url)?)$/;
const mostHosts = 64;

/** The effect of a call that names an address and perhaps an HTTP method. */
export function httpEvidence(args: JsonObject): CallEvidence {
  const entries = Object.entries(args);
  const hosts = entries
    .filter(([name]) => addressNames.test(lettersOf(name)))
    .flatMap(([, value]) => (Array.isArray(value) ? (value as readonly JsonValue[]) : [value]))
    .flatMap((value) => (typeof value === 'string' ? hostOf(value) : []))
    .slice(0, mostHosts);
  if (hosts.length === 0) {
    return noEvidence;
  }
  const method = methodOf(entries);
  const kinds = method === undefined ? [] : (methods[method] ?? []);
  const evidence = kinds.map((kind): Evidence => ({
    kind,
    from: 'http',
    text: `an HTTP ${method ?? ''} to ${hosts[0] ?? ''}`,
  }));
  const targets = hosts.map((name): Target => ({ type: 'host', name }));
  return {
    evidence,
    loses: kinds.includes('delete'),
    covers: kinds.length > 0 ? 'kind' : 'some',
    targets,
  };
}

function methodOf(entries: readonly (readonly [string, JsonValue])[]): string | undefined {
  for (const [name, value] of entries) {
    if (typeof value === 'string' && /^(http)?(method|verb)$/.test(lettersOf(name))) {
      return value.toUpperCase();
    }
  }
  return undefined;
}

/** The host, with its port if one is given, as the WHATWG URL parser gives it. */
function hostOf(text: string): readonly string[] {
  const withScheme = /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(withScheme)) {
    return [];
  }
  const { host, hostname, protocol } = new URL(withScheme);
  return /^(https?|wss?|ftp):$/.test(protocol) && hostname !== '' ? [host] : [];
}
