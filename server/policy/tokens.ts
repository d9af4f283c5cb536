/**
 * Verifies the JSON Web Tokens of requests (Cerbos documentation, "AuxData block"). A key set is a text or a URL; the
 * keys behind a URL are fetched over the network.
 */
export { TokenVerifier } from './aux-data/token-verifier';
export type { FetchText } from './aux-data/key-store';
export { TokenError } from './aux-data/types';
export type { AuxDataInput, KeySet, Token, TokenRequest, TokenVerification } from './aux-data/types';
