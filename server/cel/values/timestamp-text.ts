import type { Timestamp } from './timestamp';
/** Reads RFC 3339; undefined if it is not that. */
export declare function parseTimestamp(text: string): Timestamp | undefined;
