import type { JsonObject } from '../../cel';

/**
 * The value of `request.auxData`: the claims of one verified token (`jwt`), or of several by name (`jwts`). Cerbos
 * documentation, "AuxData block".
 */
export interface AuxDataInput {
  readonly jwt?: JsonObject;
  readonly jwts?: Readonly<Record<string, { readonly claims: JsonObject }>>;
}

/** A JSON Web Token in compact form (RFC 7519), not verified yet. */
export interface Token {
  readonly token: string;
  /** The id of the {@link KeySet} to verify it with. May be left out if only one is configured. */
  readonly keySetId?: string;
}

/** The tokens of a request, not verified yet: one, or several by name. */
export interface TokenRequest {
  readonly jwt?: Token;
  readonly jwts?: Readonly<Record<string, Token>>;
}

/** The keys that tokens may be signed with. */
export interface KeySet {
  readonly id: string;
  readonly source:
    /** The text of a JSON Web Key Set or of one JSON Web Key (RFC 7517). */
    | { readonly kind: 'jwks'; readonly text: string }
    | { readonly kind: 'pem'; readonly text: string }
    /** A URL of a JSON Web Key Set. Fetched when first needed, and again when older than `refreshSeconds`. */
    | { readonly kind: 'remote'; readonly url: string; readonly refreshSeconds?: number };
  /** True: a key need not name its algorithm. Less safe: the token then chooses the algorithm. */
  readonly optionalAlg?: boolean;
  /** True: keys and tokens need not name a key id (`kid`). Less safe. */
  readonly optionalKid?: boolean;
}

/** How tokens are verified, with the fields of Cerbos' configuration (`auxData.jwt`). */
export interface TokenVerification {
  readonly keySets?: readonly KeySet[];
  /** True: signatures are not verified. The times in tokens are still checked. */
  readonly disableVerification?: boolean;
  /** How far the clocks of issuers may differ from this one's. */
  readonly acceptableTimeSkewSeconds?: number;
}

/** Thrown for a token that is refused. The message says why. */
export class TokenError extends Error {}
