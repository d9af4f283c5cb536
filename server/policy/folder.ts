/** Reads policy folders from disk. */
export { readPolicyDirectory } from './load/directory';
