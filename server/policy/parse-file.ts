import type { PolicyFile } from './files';
import type { ParsedFile } from './parsed';

/**
 * Reads one file: documents with positions, the model, every mistake that shows without looking at other files.
 * A pure function of path and text; never throws.
 */
export declare function parsePolicyFile(file: PolicyFile): ParsedFile;
