import { parseTimestamp } from '../../cel';
import type { JsonObject, JsonValue } from '../../cel';
import { TokenError } from './types';

/** The claims that are times. */
const times = ['exp', 'iat', 'nbf'] as const;
/** The claims that must be text. */
const texts = ['iss', 'jti', 'sub'];
/** Those that null is no value of, so that a token with it is refused. */
const checked: readonly string[] = [...times, 'aud'];

/**
 * Checks when a token is valid, and gives its claims as policies read them (`internal/auxdata/jwt.go`): times as RFC 3339
 * text, the audience always as a list, and nothing of claims that are null.
 * @param now in seconds since 1970
 * @throws {@link TokenError}
 */
export function checkedClaims(payload: string, now: number, skewSeconds: number): JsonObject {
  const written = claimsIn(payload);
  const claims = Object.create(null) as Record<string, JsonValue>;
  for (const [name, value] of Object.entries(written)) {
    if (texts.includes(name)) {
      claims[name] = textOf(value);
    } else if (value !== null || checked.includes(name)) {
      claims[name] = value;
    }
  }
  if (Object.hasOwn(claims, 'aud')) {
    claims['aud'] = audience(claims['aud'] ?? null);
  }
  const at: Partial<Record<(typeof times)[number], number>> = {};
  for (const name of times) {
    const value = claims[name];
    if (value === undefined) {
      continue;
    }
    const seconds = secondsOf(value);
    at[name] = seconds;
    claims[name] = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  }
  const second = Math.floor(now);
  if (at.iat !== undefined && second < at.iat - skewSeconds) {
    throw new TokenError('issued at time is in the future (iat)');
  }
  if (at.exp !== undefined && second >= at.exp + skewSeconds) {
    throw new TokenError('token has expired (exp)');
  }
  if (at.nbf !== undefined && second < at.nbf - skewSeconds) {
    throw new TokenError("token is not valid yet ('nbf')");
  }
  return claims;
}

function refuse(): never {
  throw new TokenError('failed to parse JWT');
}

/** Null is an empty text to Go. */
function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : value === null ? '' : refuse();
}

function claimsIn(payload: string): JsonObject {
  let claims: unknown;
  try {
    claims = JSON.parse(payload);
  } catch {
    return refuse();
  }
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
    return refuse();
  }
  return claims as JsonObject;
}

function audience(value: JsonValue): JsonValue {
  const audiences: readonly JsonValue[] = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  return audiences.every((each) => typeof each === 'string') ? audiences : refuse();
}

/** A time, as a number or, from issuers that go their own ways, as text. */
function secondsOf(value: JsonValue): number {
  const plain = typeof value === 'string' && /^\d+(?:\.\d*)?$/.test(value) ? Number(value) : value;
  const seconds =
    typeof plain === 'number'
      ? Math.trunc(plain)
      : typeof plain === 'string'
        ? secondsOfText(plain)
        : Number.NaN;
  // Beyond that there is no date.
  return Number.isFinite(seconds) && seconds >= 0 && seconds <= 253_402_300_799 ? seconds : refuse();
}

function secondsOfText(text: string): number {
  return parseTimestamp(text) ? Math.floor(Date.parse(text) / 1000) : Number.NaN;
}
