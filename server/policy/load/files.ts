/** A file of a policy set, as input to `parsePolicyFile` and `compilePolicySet`. */
export interface PolicyFile {
  /** Relative to the root of the set, with `/` as separator. */
  readonly path: string;
  readonly text: string;
  /**
   * Set if the file is not stored as UTF-8 without a byte order mark. `text` is then the decoded text, and the file has
   * an error, because Cerbos does not read it.
   */
  readonly encoding?: ForeignEncoding | undefined;
}

/** Encodings that editors write and Cerbos does not read. */
export type ForeignEncoding = 'UTF-8 with a byte order mark' | 'UTF-16';

/** The purpose of a file, given by its path: see {@link fileRole}. */
export type FileRole = 'policy' | 'suite' | 'principals' | 'resources' | 'auxData' | 'schema' | 'ignored';

const supported = /\.(ya?ml|json)$/i;

/**
 * Tells the purpose of a file from its path, as `cerbos 0.55` does (`internal/util`, `internal/verify`). Of the YAML
 * and JSON files, the first rule that fits holds:
 * - in a `testdata` folder, `principals`, `resources` and `auxdata` (also `auxData`, `aux_data`) are fixtures, other
 * files are ignored;
 * - `*_test` is a test suite, even in a hidden folder;
 * - hidden files and files in hidden folders are ignored;
 * - files in a `_schemas` folder are schemas;
 * - all others are policies.
 *
 * Files of other types are ignored. Below `_schemas` at the root, a file that would be ignored is a schema.
 * @param path relative to the root of the set, with `/` as separator
 */
export function fileRole(path: string): FileRole {
  const role = roleByName(path);
  // A policy may refer to any file below the root's `_schemas`, whatever its name.
  return role === 'ignored' && path.startsWith('_schemas/') ? 'schema' : role;
}

function roleByName(path: string): FileRole {
  const segments = path.split('/');
  const name = segments.at(-1) ?? '';
  const folders = segments.slice(0, -1);
  const extension = supported.exec(name)?.[0];
  if (extension === undefined) {
    return 'ignored';
  }
  const base = name.slice(0, -extension.length);
  const testdata = folders.indexOf('testdata');
  if (testdata >= 0) {
    return testdata === folders.length - 1 ? fixtureRole(base) : 'ignored';
  }
  if (base.toLowerCase().endsWith('_test')) {
    return 'suite';
  }
  if (segments.some(isHidden)) {
    return 'ignored';
  }
  // Cerbos knows one such folder, at the root; another is reported when the set is linked.
  if (folders.includes('_schemas')) {
    return 'schema';
  }
  return 'policy';
}

function fixtureRole(base: string): FileRole {
  if (base === 'principals' || base === 'resources') {
    return base;
  }
  return base === 'auxdata' || base === 'auxData' || base === 'aux_data' ? 'auxData' : 'ignored';
}

/** `.` and `..` are path segments, not hidden names. */
function isHidden(name: string): boolean {
  return name.startsWith('.') && name !== '.' && name !== '..';
}
