import type { JsonObject, JsonValue } from '../../server/policy';
import type { Random } from '../random';
import {
  actions,
  kinds,
  limitedRoles,
  looseKinds,
  principals,
  requestScopes,
  roles,
  scopes,
  versions,
  words,
} from './vocabulary';

/** One resource of one request. Those with the same principal object are sent as one request. */
export interface GeneratedRequest {
  readonly principal: JsonObject;
  /** The claims of the request's token. */
  readonly claims?: JsonObject;
  readonly resource: JsonObject;
  readonly actions: readonly string[];
}

const unlimitedRoles = roles.filter((role) => !(limitedRoles as readonly string[]).includes(role));

/** Generates the resources of one request; strict evaluation is only asked about kinds whose answers do not depend on random order. */
export function generateRequest(
  random: Random,
  strict: boolean,
  resources: number,
): readonly GeneratedRequest[] {
  const principal = {
    id: random.pick(principals),
    roles: random.some(random.chance(0.25) ? roles : unlimitedRoles, 1, 3),
    attr: attributes(random),
    ...(random.chance(0.1) && { policyVersion: random.pick(versions) }),
    ...(random.chance(0.4) && { scope: random.pick(['', 'open', 'consent', 'open.unknown']) }),
  };
  const claims = random.chance(0.8) ? claimsOf(random) : undefined;
  return Array.from({ length: resources }, () => ({
    principal,
    ...(claims && { claims }),
    resource: resource(random, strict),
    actions: random.some(actions, 1, 5),
  }));
}

function resource(random: Random, strict: boolean): JsonObject {
  const scoped = random.chance(0.7);
  const version = random.chance(0.15) ? random.pick([...versions, ...versions, 'v9']) : undefined;
  return {
    kind: random.chance(0.03)
      ? 'unheard:of'
      : random.pick<string>(strict ? kinds : [...kinds, ...looseKinds]),
    id: random.pick(words),
    attr: attributes(random),
    ...(version !== undefined && { policyVersion: version }),
    ...(scoped && { scope: random.pick(random.chance(0.92) ? scopes : requestScopes) }),
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
