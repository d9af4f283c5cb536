/** Verifying the tokens of requests. Key sets may be files' texts or addresses, which are fetched. */
export { TokenVerifier } from './aux-data/token-verifier';
export type { FetchText } from './aux-data/key-store';
export { TokenError } from './aux-data/types';
export type { AuxDataInput, KeySet, Token, TokenRequest, TokenVerification } from './aux-data/types';
