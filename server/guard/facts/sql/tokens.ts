/** One token of SQL, whatever the dialect. */
export interface SqlToken {
  readonly type: 'word' | 'quoted' | 'text' | 'number' | 'symbol';
  /** Words in upper case; quoted identifiers without their quotes; of texts nothing. */
  readonly text: string;
}

/**
 * SQL cut into statements; `undefined` if something quoted does not end, or if the dialects disagree on where it ends:
 * what one of them takes for a text or a comment may be a statement to another.
 */
type SqlStatements = readonly (readonly SqlToken[])[] | undefined;

const patterns = {
  space: /\s+/y,
  word: /[\p{L}_$@][\p{L}\p{N}_$@]*/uy,
  number: /(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[a-zA-Z]*/y,
  dollarTag: /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy,
  /** Up to the next one or the end of the line, and nothing quoted or commented in it. */
  hash: /#(?:[^#\n'"`$/-]|\/(?!\*)|-(?!-))*(?=#|\n|$)/y,
  /** SQL Server's quotes; a letter first, since PostgreSQL has `array[1]`. */
  quoteInBrackets: /\[[^\][]*?['"`]/y,
  bracketed: /\[[\p{L}_][\p{L}\p{N}_ .-]{0,127}\]/uy,
};

/**
 * Cuts SQL into statements and tokens, in linear time: PostgreSQL, MySQL, SQLite, SQL Server and Oracle, read so that no
 * dialect sees a statement where this sees none.
 */
export function sqlStatements(sql: string): SqlStatements {
  const statements: SqlToken[][] = [[]];
  let at = 0;
  while (at < sql.length) {
    const next = skipped(sql, at) ?? token(sql, at);
    if (next === 'ambiguous') {
      return undefined;
    }
    if (next.token?.text === ';' && next.token.type === 'symbol') {
      statements.push([]);
    } else if (next.token !== undefined) {
      statements.at(-1)?.push(next.token);
    }
    at = next.end;
  }
  return statements.filter((statement) => statement.length > 0);
}

type Step = { readonly end: number; readonly token?: SqlToken } | 'ambiguous';

/** White space and comments. */
function skipped(sql: string, at: number): Step | undefined {
  const blank = match(patterns.space, sql, at);
  if (blank !== undefined) {
    return { end: at + blank.length };
  }
  if (sql.startsWith('--', at)) {
    const line = restOfLine(sql, at + 2);
    // MySQL takes `--` for a comment only before a space; elsewhere what follows is SQL.
    return line === '' || /^\s/.test(line) || /^[\w \t.,!?:=-]*$/.test(line)
      ? { end: at + 2 + line.length }
      : 'ambiguous';
  }
  if (sql.startsWith('/*', at)) {
    return comment(sql, at);
  }
  if (sql.startsWith('*/', at)) {
    // The end of a comment that MySQL runs.
    return { end: at + 2 };
  }
  if (sql[at] === '#') {
    // A comment in MySQL, an operator in PostgreSQL, a part of a name in SQL Server: read as SQL, unless it hides some.
    return match(patterns.hash, sql, at) === undefined ? 'ambiguous' : { end: at + 1 };
  }
  return undefined;
}

function comment(sql: string, at: number): Step {
  const end = sql.indexOf('*/', at + 2);
  if (end === -1) {
    return 'ambiguous';
  }
  const inner = sql.slice(at + 2, end);
  const run = /^M?!\d*/.exec(inner)?.[0];
  if (run !== undefined) {
    // MySQL and MariaDB run what is in it.
    return /['"`$#]|--/.test(inner) ? 'ambiguous' : { end: at + 2 + run.length };
  }
  // Comments nest in PostgreSQL and SQL Server only.
  return inner.includes('/*') ? 'ambiguous' : { end: end + 2 };
}

function token(sql: string, at: number): Step {
  const char = sql.charAt(at);
  if (char === "'" || char === '"' || char === '`') {
    const end = endOfQuoted(sql, at, char);
    if (end === undefined) {
      return 'ambiguous';
    }
    return char === "'"
      ? { end, token: { type: 'text', text: '' } }
      : { end, token: { type: 'quoted', text: sql.slice(at + 1, end - 1) } };
  }
  const bracketed = char === '[' ? match(patterns.bracketed, sql, at) : undefined;
  if (bracketed === undefined && match(patterns.quoteInBrackets, sql, at) !== undefined) {
    return 'ambiguous';
  }
  if (bracketed !== undefined) {
    return { end: at + bracketed.length, token: { type: 'quoted', text: bracketed.slice(1, -1) } };
  }
  const tag = char === '$' ? match(patterns.dollarTag, sql, at) : undefined;
  if (tag !== undefined) {
    const end = sql.indexOf(tag, at + tag.length);
    // PostgreSQL's text; names elsewhere.
    return end === -1 || sql.slice(at, end).includes(';')
      ? 'ambiguous'
      : { end: end + tag.length, token: { type: 'text', text: '' } };
  }
  const number = match(patterns.number, sql, at);
  if (number !== undefined) {
    return { end: at + number.length, token: { type: 'number', text: number } };
  }
  const word = match(patterns.word, sql, at);
  return word === undefined
    ? { end: at + 1, token: { type: 'symbol', text: char } }
    : { end: at + word.length, token: { type: 'word', text: word.toUpperCase() } };
}

function match(pattern: RegExp, sql: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0];
}

function restOfLine(sql: string, at: number): string {
  const end = sql.indexOf('\n', at);
  return sql.slice(at, end === -1 ? sql.length : end);
}

/** A doubled quote stands for one; whether a backslash does, too, depends on dialect and settings. */
function endOfQuoted(sql: string, from: number, quote: string): number | undefined {
  let at = sql.indexOf(quote, from + 1);
  while (at !== -1) {
    if (sql[at - 1] === '\\') {
      return undefined;
    }
    if (sql[at + 1] !== quote) {
      return at + 1;
    }
    at = sql.indexOf(quote, at + 2);
  }
  return undefined;
}

export function isWord(token: SqlToken): boolean {
  return token.type === 'word';
}

export function isName(token: SqlToken | undefined): boolean {
  return token?.type === 'word' || token?.type === 'quoted';
}
