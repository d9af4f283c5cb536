/** A file of a policy set. */
export interface PolicyFile {
  /** Relative to the set's root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** How the text is stored, if not as Cerbos reads it: then the text is what the person means, and the file an error. */
  readonly encoding?: ForeignEncoding | undefined;
}

/** Encodings in which files are written, and that Cerbos does not read. */
export type ForeignEncoding = 'UTF-8 with a byte order mark' | 'UTF-16';

/** What a file of a policy set is for, which its place and name say. */
export type FileRole = 'policy' | 'suite' | 'principals' | 'resources' | 'auxData' | 'schema' | 'ignored';

const supported = /\.(ya?ml|json)$/i;

/**
 * What a file is for, as in the binary (`internal/util`, `internal/verify`): `*_test.yaml` are test suites, even in hidden
 * folders; `testdata/` holds fixtures; `_schemas/` at the root holds JSON schemas; other hidden files, files in hidden
 * folders and files of other types are ignored.
 */
export function fileRole(path: string): FileRole {
  const role = roleByName(path);
  // A policy may refer to any file there, whatever it is called.
  return role === 'ignored' && path.startsWith('_schemas/') ? 'schema' : role;
}

function roleByName(path: string): FileRole {
  const segments = path.split('/');
  const name = segments.at(-1) ?? '';
  const folders = segments.slice(0, -1);
  const extension = supported.exec(name)?.[0];
  if (extension === undefined) return 'ignored';
  const base = name.slice(0, -extension.length);
  const testdata = folders.indexOf('testdata');
  if (testdata >= 0) return testdata === folders.length - 1 ? fixtureRole(base) : 'ignored';
  if (base.toLowerCase().endsWith('_test')) return 'suite';
  if (segments.some(isHidden)) return 'ignored';
  // Cerbos knows one such folder, at the root; another is reported when the set is linked.
  if (folders.includes('_schemas')) return 'schema';
  return 'policy';
}

function fixtureRole(base: string): FileRole {
  if (base === 'principals' || base === 'resources') return base;
  return base === 'auxdata' || base === 'auxData' || base === 'aux_data' ? 'auxData' : 'ignored';
}

/** Whether a name starts with a dot and is not `.` or `..`. */
function isHidden(name: string): boolean {
  return name.startsWith('.') && name !== '.' && name !== '..';
}
