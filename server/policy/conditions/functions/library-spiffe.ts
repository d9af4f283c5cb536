import { fail, definer, overload } from '../../../cel';
import type { CelValue, FunctionDefinition, FunctionResult } from '../../../cel';
import { readSpiffeId, readTrustDomain, SpiffeId, SpiffeMatcher, SpiffeTrustDomain } from './spiffe';

const define = definer('cerbos');

function toId(text: string): FunctionResult {
  const id = readSpiffeId(text);
  return typeof id === 'string' ? fail(`failed to parse SPIFFE ID: ${id}`) : id;
}

function toDomain(text: string): FunctionResult {
  const domain = readTrustDomain(text);
  return typeof domain === 'string' ? fail(`failed to parse SPIFFE trust domain: ${domain}`) : domain;
}

function exactly(id: SpiffeId): SpiffeMatcher {
  return new SpiffeMatcher((other) => other.text === id.text);
}

function ofDomain(name: string): SpiffeMatcher {
  return new SpiffeMatcher((id) => id.trustDomain === name);
}

function oneOf(values: readonly CelValue[]): FunctionResult {
  const ids: SpiffeId[] = [];
  for (const value of values) {
    const id = typeof value === 'string' ? readSpiffeId(value) : value;
    if (!(id instanceof SpiffeId)) {
      return fail('no such overload');
    }
    ids.push(id);
  }
  return new SpiffeMatcher((id) => ids.some((other) => other.text === id.text));
}

/** Cerbos' functions about SPIFFE identifiers. */
export const spiffeFunctions: readonly FunctionDefinition[] = [
  define('spiffeID', [
    overload(
      'spiffeID_string',
      'spiffeID(text: string): spiffeID',
      'Reads a SPIFFE identifier.',
      "spiffeID('spiffe://example.org/api').path() // '/api'",
      toId,
    ),
  ]),
  define('spiffeTrustDomain', [
    overload(
      'spiffeTrustDomain_string',
      'spiffeTrustDomain(text: string): spiffeTrustDomain',
      'Reads a trust domain: its name, or an identifier in it.',
      "spiffeTrustDomain('spiffe://example.org').name() // 'example.org'",
      toDomain,
    ),
  ]),
  define('spiffeMatchAny', [
    overload(
      'spiffeMatchAny',
      'spiffeMatchAny(): spiffeMatcher',
      'A test that every identifier passes.',
      "spiffeMatchAny().matchesID('spiffe://example.org/api') // true",
      () => new SpiffeMatcher(() => true),
    ),
  ]),
  define('spiffeMatchExact', [
    overload(
      'spiffeMatchExact_spiffeID',
      'spiffeMatchExact(id: spiffeID): spiffeMatcher',
      'A test that one identifier passes.',
      "spiffeMatchExact(spiffeID('spiffe://a/b')).matchesID('spiffe://a/b') // true",
      exactly,
    ),
    overload(
      'spiffeMatchExact_string',
      'spiffeMatchExact(id: string): spiffeMatcher',
      'A test that one identifier passes.',
      "spiffeMatchExact('spiffe://a/b').matchesID('spiffe://a/c') // false",
      (text: string) => {
        const id = toId(text);
        return id instanceof SpiffeId ? exactly(id) : id;
      },
    ),
  ]),
  define('spiffeMatchOneOf', [
    overload(
      'spiffeMatchOneOf_spiffeIDList',
      'spiffeMatchOneOf(ids: list(spiffeID)): spiffeMatcher',
      'A test that some identifiers pass.',
      "spiffeMatchOneOf([spiffeID('spiffe://a/b')]).matchesID('spiffe://a/b') // true",
      oneOf,
    ),
    overload(
      'spiffeMatchOneOf_stringList',
      'spiffeMatchOneOf(ids: list(string)): spiffeMatcher',
      'A test that some identifiers pass.',
      "spiffeMatchOneOf(['spiffe://a/b']).matchesID('spiffe://a/b') // true",
      oneOf,
    ),
  ]),
  define('spiffeMatchTrustDomain', [
    overload(
      'spiffeMatchTrustDomain_spiffeTrustDomain',
      'spiffeMatchTrustDomain(domain: spiffeTrustDomain): spiffeMatcher',
      'A test that identifiers of a trust domain pass.',
      "spiffeMatchTrustDomain(spiffeTrustDomain('a')).matchesID('spiffe://a/b') // true",
      (domain: SpiffeTrustDomain) => ofDomain(domain.name),
    ),
    overload(
      'spiffeMatchTrustDomain_string',
      'spiffeMatchTrustDomain(domain: string): spiffeMatcher',
      'A test that identifiers of a trust domain pass.',
      "spiffeMatchTrustDomain('a').matchesID('spiffe://b/b') // false",
      (text: string) => {
        const domain = toDomain(text);
        return domain instanceof SpiffeTrustDomain ? ofDomain(domain.name) : domain;
      },
    ),
  ]),
  define(
    'isMemberOf',
    [
      overload(
        'isMemberOf',
        'spiffeID.isMemberOf(domain: spiffeTrustDomain): bool',
        'Whether the identifier is of a trust domain.',
        "spiffeID('spiffe://a/b').isMemberOf(spiffeTrustDomain('a')) // true",
        (id: SpiffeId, domain: SpiffeTrustDomain) => id.trustDomain === domain.name,
      ),
    ],
    { mismatch: 'name' },
  ),
  define(
    'path',
    [
      overload(
        'path',
        'spiffeID.path(): string',
        'What follows the trust domain.',
        "spiffeID('spiffe://a/b/c').path() // '/b/c'",
        (id: SpiffeId) => id.path,
      ),
    ],
    { mismatch: 'name' },
  ),
  define(
    'trustDomain',
    [
      overload(
        'trustDomain',
        'spiffeID.trustDomain(): spiffeTrustDomain',
        'The trust domain of the identifier.',
        "spiffeID('spiffe://a/b').trustDomain().name() // 'a'",
        (id: SpiffeId) => new SpiffeTrustDomain(id.trustDomain),
      ),
    ],
    { mismatch: 'name' },
  ),
  define(
    'id',
    [
      overload(
        'id',
        'spiffeTrustDomain.id(): string',
        'The trust domain itself, which equals its identifier in text.',
        "spiffeTrustDomain('a').id() == 'spiffe://a' // true",
        (domain: CelValue) => domain,
      ),
      overload(
        'id_overload',
        'id(value: dyn): dyn',
        'The value itself.',
        "id('a') // 'a'",
        (value: CelValue) => value,
      ),
    ],
    { guards: 'none' },
  ),
  define(
    'name',
    [
      overload(
        'name',
        'spiffeTrustDomain.name(): string',
        'The name of the trust domain.',
        "spiffeTrustDomain('a').name() // 'a'",
        (domain: SpiffeTrustDomain) => domain.name,
      ),
    ],
    { mismatch: 'name' },
  ),
  define(
    'matchesID',
    [
      overload(
        'matchesID_spiffeID',
        'spiffeMatcher.matchesID(id: spiffeID): bool',
        'Whether an identifier passes the test.',
        "spiffeMatchAny().matchesID(spiffeID('spiffe://a/b')) // true",
        (matcher: SpiffeMatcher, id: SpiffeId) => matcher.matches(id),
      ),
      overload(
        'matchesID_string',
        'spiffeMatcher.matchesID(id: string): bool',
        'Whether an identifier passes the test.',
        "spiffeMatchTrustDomain('a').matchesID('spiffe://a/b') // true",
        (matcher: SpiffeMatcher, text: string) => {
          const id = readSpiffeId(text);
          return typeof id === 'string' ? fail(`invalid SPIFFE ID: ${id}`) : matcher.matches(id);
        },
      ),
    ],
    { mismatch: 'name' },
  ),
];
