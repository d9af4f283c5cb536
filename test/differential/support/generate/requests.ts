import type { JsonObject, JsonValue } from '../../../../server/policy';
import type { Random } from '../../../random';
import { joined, nearName } from './odd-names';
import { plainNames, requestScopes, scopes, secondVersion, versions, words } from './vocabulary';
import type { Vocabulary } from './vocabulary';

/** One resource of one request. Those with the same principal object are sent as one request. */
export interface GeneratedRequest {
  readonly principal: JsonObject;
  /** The claims of the request's token. */
  readonly claims?: JsonObject;
  readonly resource: JsonObject;
  readonly actions: readonly string[];
}

/** Generates the resources of one request; strict evaluation is only asked about kinds whose answers do not depend on random order. */
export function generateRequest(
  random: Random,
  strict: boolean,
  resources: number,
  names: Vocabulary = plainNames,
): readonly GeneratedRequest[] {
  const id = random.pick(names.principals);
  const roles = rolesOf(random, names);
  const principal = {
    id: random.chance(0.05) ? nearName(random, id) : id,
    roles,
    attr: attributes(random),
    ...(random.chance(0.1) && { policyVersion: random.pick(versions) }),
    ...(random.chance(0.4) && { scope: random.pick(['', 'open', 'consent', 'open.unknown']) }),
  };
  const claims = random.chance(0.8) ? claimsOf(random) : undefined;
  const isLimited = roles.every((role) => !unlimited(names).includes(role));
  return Array.from({ length: resources }, () => ({
    principal,
    ...(claims && { claims }),
    resource: resource(random, strict, isLimited, names),
    actions: actionsOf(random, names),
  }));
}

function rolesOf(random: Random, names: Vocabulary): readonly string[] {
  const { roles, limited } = names;
  const way = random.next();
  if (way < 0.2) {
    return [random.pick([limited.clerk, limited.scribe, limited.scribe, limited.trainee])];
  }
  if (way < 0.34) {
    return random.some(roles, 1, 3);
  }
  if (way > 0.89) {
    // The name of a role that does not exist, made of ones that do, together with one of them or alone.
    const odd = oddRole(random, names);
    const other = random.pick(roles);
    return random.chance(0.6) || other === odd ? [odd] : [other, odd];
  }
  return random.some(unlimited(names), 1, 3);
}

/** Roles without policies. */
function unlimited({ roles, limited }: Vocabulary): readonly string[] {
  return roles.filter((role) => !Object.values(limited).includes(role));
}

function oddRole(random: Random, { roles, limited: { clerk, scribe, trainee } }: Vocabulary): string {
  const [, user = '', guest = '', dev = ''] = roles;
  if (random.chance(0.3)) {
    return nearName(random, random.pick(roles));
  }
  const parents = random.pick([
    [scribe, user, dev],
    [scribe, guest],
    [clerk, scribe, user, dev],
    [trainee, user],
    random.some(roles, 2, 3),
  ]);
  return joined(random, parents);
}

function actionsOf(random: Random, { actions }: Vocabulary): readonly string[] {
  const usual = random.some(actions, 1, 5);
  if (random.chance(0.93)) {
    return usual;
  }
  const odd = random.chance(0.7)
    ? nearName(random, random.pick(actions))
    : joined(random, random.some(actions, 2, 3));
  return [...new Set([...usual, odd])];
}

function resource(
  random: Random,
  strict: boolean,
  isLimited: boolean,
  { kinds, looseKinds, ids }: Vocabulary,
): JsonObject {
  const scoped = random.chance(isLimited ? 0.5 : 0.7);
  const version = random.chance(0.15)
    ? random.pick([...versions, secondVersion, 'default', 'v9'])
    : undefined;
  const scope = random.pick(random.chance(0.92) ? scopes : requestScopes);
  const kind = random.pick(strict ? kinds : [...kinds, ...looseKinds]);
  const odd = (): string =>
    random.chance(0.5)
      ? nearName(random, kind)
      : joined(random, random.some([kind, 'default', 'open', random.pick(kinds)], 2, 3));
  const id = random.pick(ids);
  return {
    kind: random.chance(0.05) ? odd() : kind,
    id: random.chance(0.1) ? nearName(random, id) : id,
    attr: attributes(random),
    ...(version !== undefined && { policyVersion: version }),
    ...(scoped && { scope: isLimited && random.chance(0.7) ? 'open' : scope }),
  };
}

function claimsOf(random: Random): JsonObject {
  return {
    level: random.below(5),
    ...(random.chance(0.8) && { groups: random.some(words, 0, 3) }),
    ...(random.chance(0.6) && { team: random.pick(words) }),
  };
}

function attributes(random: Random): JsonObject {
  const all: Readonly<Record<string, () => JsonValue>> = {
    num: () => random.pick<JsonValue>([0, 1, 2, 3, 4, 5, 2.5, 'two']),
    flag: () => random.pick<JsonValue>([true, false, true, false, null]),
    word: () => random.pick(words),
    tags: () => random.some(words, 0, 3),
    map: () => random.pick<JsonValue>([{ deep: 2 }, { deep: 3, a: 'x' }, { a: { b: 1 } }]),
    time: () =>
      random.pick(['2026-01-01T12:00:00Z', '2025-03-01T00:00:00+02:00', '2026-02-01T00:00:00Z', 'never']),
    dotted: () => random.pick(['a', 'a.b', 'a.b.c', 'a.c', 'x']),
    ip: () => random.pick(['10.1.2.3', '127.0.0.1', '192.168.0.1', '::1', 'nowhere']),
    path: () => random.pick(['/home/b.txt', '/home/a/b.txt', '/etc/b.txt', 'b.txt']),
  };
  const chosen = Object.entries(all).filter(() => random.chance(0.93));
  return Object.fromEntries(chosen.map(([name, make]) => [name, make()]));
}
