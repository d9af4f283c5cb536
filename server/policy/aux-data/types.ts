import type { JsonObject } from '../../cel';

/** What a policy can read as `request.auxData`: the claims of one token, or of several by name. */
export interface AuxDataInput {
  readonly jwt?: JsonObject;
  readonly jwts?: Readonly<Record<string, { readonly claims: JsonObject }>>;
}

/** A token as a request has it. */
export interface Token {
  readonly token: string;
  /** The key set to verify it with; may be left out if there is only one. */
  readonly keySetId?: string;
}

/** Tokens as a request has them: one, or several by name. */
export interface TokenRequest {
  readonly jwt?: Token;
  readonly jwts?: Readonly<Record<string, Token>>;
}

/** Keys that tokens may be signed with. */
export interface KeySet {
  readonly id: string;
  readonly source:
    /** A JSON Web Key Set, or one key. */
    | { readonly kind: 'jwks'; readonly text: string }
    | { readonly kind: 'pem'; readonly text: string }
    /** Fetched when first needed, and again when it is older than this. */
    | { readonly kind: 'remote'; readonly url: string; readonly refreshSeconds?: number };
  /** Whether keys need not say what algorithm they are for. Less safe. */
  readonly optionalAlg?: boolean;
  /** Whether keys and tokens need not say which key they mean. Less safe. */
  readonly optionalKid?: boolean;
}

/** How tokens are verified, as in Cerbos' configuration (`auxData.jwt`). */
export interface TokenVerification {
  readonly keySets?: readonly KeySet[];
  /** Whether signatures are not looked at. Times are, all the same. */
  readonly disableVerification?: boolean;
  /** How far the clocks of issuers may be off. */
  readonly acceptableTimeSkewSeconds?: number;
}

/** Why a token is refused. */
export class TokenError extends Error {}
