import { sha256 } from '../../protocol';

/** Cerbos allows more; nobody reads more. */
const longest = 128;

/**
 * A server's name as a Cerbos scope (`[0-9a-zA-Z][\w-]*`): a name that is one stays as it is; in others, each
 * character that a scope can't have becomes `_x<hexadecimal code point>_`. A dot becomes `_x2e_`, so that no name is
 * a child of another server's scope. Different names give different scopes.
 */
export function scopeOf(serverName: string): string {
  const escaped = serverName
    // A sign in front, and what looks like an escape in the name itself; then all that a scope can't have.
    .replace(/^[_-]|_(?=x[0-9a-f]*_)|[^\w-]/gu, escape);
  // The first character must be a letter or digit. `_x_` stands in no other scope.
  const scope = /^[0-9a-zA-Z]/.test(escaped) ? escaped : `s_x_${escaped}`;
  return scope.length <= longest
    ? scope
    : `${scope.slice(0, longest - 20)}_x_${sha256(serverName).slice(0, 16)}`;
}

function escape(character: string): string {
  return `_x${(character.codePointAt(0) ?? 0).toString(16)}_`;
}
