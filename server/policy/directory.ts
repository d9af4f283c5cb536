import type { PolicyFile } from './files';

/**
 * Reads all files of a policy directory that matter: policies, suites, fixtures, schemas. Hidden folders are left out,
 * as are symbolic links to folders, as Cerbos does.
 * @param directory a path in the file system
 * @throws Error if the directory or a file cannot be read
 */
export declare function readPolicyDirectory(directory: string): Promise<PolicyFile[]>;
