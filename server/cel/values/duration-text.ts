import type { Duration } from './duration';
/** Reads Go's form, e.g. `1h2m3.5s`; undefined if it is not one. */
export declare function parseDuration(text: string): Duration | undefined;
