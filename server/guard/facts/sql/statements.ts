import type { EffectKind } from '../effect';
import { calledFunctions } from './called-functions';
import { readingFunctions, writingFunctions } from './functions';
import { isName, isWord } from './tokens';
import type { SqlToken } from './tokens';

/** The effect of one SQL statement. */
export interface StatementEffect {
  readonly kind: EffectKind;
  readonly loses: boolean;
  /** Follows "SQL that", e.g. `deletes rows`. */
  readonly text: string;
  /** Tables that it changes, as written. */
  readonly tables: readonly string[];
}

const effect = (
  kind: EffectKind,
  text: string,
  loses = kind === 'delete',
  tables: readonly string[] = [],
): StatementEffect => ({ kind, loses, text, tables });

/** Statements that neither read nor change data, by their first word. */
const harmless = new Set([
  ...[
    'BEGIN',
    'START',
    'COMMIT',
    'END',
    'ROLLBACK',
    'SAVEPOINT',
    'RELEASE',
    'ABORT',
    'USE',
    'FETCH',
    'CLOSE',
  ],
  ...[
    'SHOW',
    'DESCRIBE',
    'DESC',
    'HELP',
    'DECLARE',
    'GO',
    'DEALLOCATE',
    'UNLISTEN',
    'LISTEN',
    'CHECKPOINT',
    'LIST',
  ],
]);

/** The effect of a statement. What is not known counts as `execute`: it may do anything. */
export function statementEffect(tokens: readonly SqlToken[]): StatementEffect {
  const statement = withoutOpening(tokens);
  const first = wordAt(statement, 0);
  const second = wordAt(statement, 1);
  switch (first) {
    case 'SELECT':
    case 'VALUES':
    case 'TABLE':
      return reading(statement);
    case 'WITH':
      return withCommonTables(statement);
    case 'EXPLAIN': {
      const explained = statement.findIndex(
        (token, index) => index > 0 && isWord(token) && !explainOptions.has(token.text),
      );
      const runs = statement
        .slice(0, Math.max(explained, 0))
        .some(({ text }) => text === 'ANALYZE' || text === 'ANALYSE');
      return runs ? statementEffect(statement.slice(explained)) : effect('read', 'explains a statement');
    }
    case 'PREPARE': {
      const inner = statement.findIndex(({ text }) => text === 'AS' || text === 'FROM');
      return inner === -1
        ? effect('execute', 'prepares a statement')
        : statementEffect(statement.slice(inner + 1));
    }
    case 'INSERT':
      return statement.some(({ text }) => text === 'OVERWRITE') || second === 'REPLACE'
        ? effect('change', 'overwrites rows', true, tablesAfter(statement, 'INTO'))
        : effect('create', 'inserts rows', false, tablesAfter(statement, 'INTO'));
    case 'REPLACE':
      return effect('change', 'replaces rows', true, tablesAfter(statement, 'INTO'));
    case 'MERGE':
      return statement.some((token) => isWord(token) && token.text === 'DELETE')
        ? effect('delete', 'deletes rows', true, tablesAfter(statement, 'INTO'))
        : effect('change', 'updates rows', false, tablesAfter(statement, 'INTO'));
    case 'UPDATE': {
      const everything = !statement.some(({ text }) => text === 'WHERE');
      const tables = tablesAfter(statement, 'UPDATE');
      return effect('change', everything ? 'updates all rows' : 'updates rows', everything, tables);
    }
    case 'DELETE': {
      const everything = !statement.some(({ text }) => text === 'WHERE');
      return effect(
        'delete',
        everything ? 'deletes all rows' : 'deletes rows',
        true,
        tablesAfter(statement, 'FROM'),
      );
    }
    case 'TRUNCATE':
      return effect(
        'delete',
        'empties tables',
        true,
        tablesAfter(statement, second === 'TABLE' ? 'TABLE' : 'TRUNCATE'),
      );
    case 'DROP':
      return permissionObject(second)
        ? effect('permit', 'drops a user or role', true)
        : effect(
            'delete',
            `drops a ${(second ?? 'thing').toLowerCase()}`,
            true,
            tablesAfter(statement, 'TABLE'),
          );
    case 'CREATE':
      return creating(statement);
    case 'ALTER':
      return altering(statement, second);
    case 'GRANT':
    case 'REVOKE':
    case 'DENY':
    case 'REASSIGN':
      return effect('permit', 'changes privileges');
    case 'SET':
    case 'RESET':
      return ['ROLE', 'SESSION', 'PASSWORD', 'GLOBAL', 'PERSIST'].includes(second ?? '') &&
        !statement.some(({ text }) => text === 'TRANSACTION' || text === 'CHARACTERISTICS')
        ? effect('permit', 'changes who it runs as, or settings of the server')
        : effect('read', 'sets something for its connection');
    case 'COPY':
      return copying(statement);
    case 'PRAGMA':
      return statement.some(({ text }) => text === '=')
        ? effect('change', 'changes settings of the database')
        : effect('read', 'reads settings of the database');
    case 'LOAD':
      return second === 'DATA' || second === 'XML'
        ? effect('create', 'loads rows from a file')
        : effect('execute', 'loads a program library');
    case 'RENAME':
    case 'COMMENT':
    case 'REINDEX':
    case 'CLUSTER':
    case 'REFRESH':
    case 'LOCK':
    case 'UNLOCK':
    case 'OPTIMIZE':
    case 'REPAIR':
    case 'VACUUM':
      return effect('change', 'changes the database');
    case 'ANALYZE':
      return effect('read', 'gathers statistics');
    case 'ATTACH':
    case 'DETACH':
      return effect('change', `${first === 'ATTACH' ? 'attaches' : 'detaches'} a database file`);
    case 'NOTIFY':
      return effect('send', 'notifies listeners');
    case 'KILL':
    case 'SHUTDOWN':
      return effect('execute', 'stops connections or the server');
    default:
      return first !== undefined && harmless.has(first)
        ? effect('read', 'changes no data')
        : effect('execute', 'this guard cannot classify');
  }
}

const explainOptions = new Set([
  ...[
    'ANALYZE',
    'ANALYSE',
    'VERBOSE',
    'QUERY',
    'PLAN',
    'EXTENDED',
    'FORMAT',
    'JSON',
    'TREE',
    'BUFFERS',
    'COSTS',
  ],
  ...[
    'TRADITIONAL',
    'XML',
    'YAML',
    'TEXT',
    'ON',
    'OFF',
    'TRUE',
    'FALSE',
    'SETTINGS',
    'WAL',
    'TIMING',
    'SUMMARY',
    'FOR',
  ],
]);

function reading(statement: readonly SqlToken[]): StatementEffect {
  const into = statement.findIndex((token) => isWord(token) && token.text === 'INTO');
  if (into !== -1) {
    const where = wordAt(statement, into + 1);
    return where === 'OUTFILE' || where === 'DUMPFILE'
      ? effect('change', "writes a file on the server's disk", true)
      : effect('create', 'selects into a new table', false, tablesAfter(statement, 'INTO'));
  }
  const called = calledFunctions(statement);
  const writing = called.find((name) => writingFunctions.has(name));
  const unknown = called.find((name) => !readingFunctions.has(name));
  if (writing !== undefined || unknown !== undefined) {
    const name = (writing ?? unknown ?? '').toLowerCase();
    return effect(
      'execute',
      writing === undefined ? `calls ${name}(), which may do anything` : `calls ${name}()`,
    );
  }
  return effect('read', 'only reads');
}

const modifying = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'REPLACE', 'TRUNCATE']);

/** `WITH … AS (…) …`: what it ends with, and what its common tables change. */
function withCommonTables(statement: readonly SqlToken[]): StatementEffect {
  const starts = statement.flatMap((token, index) => {
    const before = statement[index - 1]?.text;
    // `FOR UPDATE` locks, `ON UPDATE` and `DO UPDATE` belong to a statement that is found by itself.
    const begins = before === '(' || before === ')';
    return isWord(token) && modifying.has(token.text) && begins ? [index] : [];
  });
  const worst = starts
    .map((index) => statementEffect(statement.slice(index)))
    .sort((one, other) => gravity(other) - gravity(one))[0];
  return worst ?? reading(statement);
}

function gravity({ kind, loses }: StatementEffect): number {
  return (loses ? 10 : 0) + ['read', 'create', 'change', 'send', 'execute', 'permit', 'delete'].indexOf(kind);
}

function creating(statement: readonly SqlToken[]): StatementEffect {
  const words = statement.filter(isWord).map(({ text }) => text);
  const object = words.slice(1, 6).find((text) => objects.has(text)) ?? 'thing';
  if (permissionObject(object)) {
    return effect('permit', 'creates a user or role');
  }
  if (programs.has(object)) {
    return effect('execute', `creates a ${object.toLowerCase()}, which runs code`);
  }
  return words[1] === 'OR'
    ? effect('change', `replaces a ${object.toLowerCase()}`, true, tablesAfter(statement, object))
    : effect('create', `creates a ${object.toLowerCase()}`, false, tablesAfter(statement, object));
}

const programs = new Set([
  'FUNCTION',
  'PROCEDURE',
  'TRIGGER',
  'EXTENSION',
  'EVENT',
  'LANGUAGE',
  'RULE',
  'JOB',
  'ASSEMBLY',
]);
const objects = new Set([
  ...[
    'TABLE',
    'VIEW',
    'INDEX',
    'SCHEMA',
    'DATABASE',
    'SEQUENCE',
    'TYPE',
    'USER',
    'ROLE',
    'LOGIN',
    'POLICY',
    'DOMAIN',
  ],
  ...programs,
]);

function altering(statement: readonly SqlToken[], object: string | undefined): StatementEffect {
  if (permissionObject(object) || statement.some(({ text }) => text === 'OWNER')) {
    return effect('permit', 'changes users, roles or owners');
  }
  const tables = tablesAfter(statement, 'TABLE');
  return statement.some((token) => isWord(token) && token.text === 'DROP')
    ? effect('delete', 'drops a part of a table', true, tables)
    : effect('change', `alters a ${(object ?? 'thing').toLowerCase()}`, false, tables);
}

function copying(statement: readonly SqlToken[]): StatementEffect {
  const words = new Set(statement.filter(isWord).map(({ text }) => text));
  if (words.has('PROGRAM')) {
    return effect('execute', "runs a program on the database's machine");
  }
  const to = statement.findIndex((token) => isWord(token) && token.text === 'TO');
  if (to === -1) {
    return effect('create', 'copies rows into a table');
  }
  return wordAt(statement, to + 1) === 'STDOUT'
    ? reading(statement)
    : effect('change', "writes a file on the server's disk", true);
}

function permissionObject(object: string | undefined): boolean {
  return ['USER', 'ROLE', 'LOGIN', 'GROUP', 'POLICY', 'CREDENTIAL'].includes(object ?? '');
}

const beforeName = new Set([
  'TABLE',
  'ONLY',
  'IF',
  'NOT',
  'EXISTS',
  'IGNORE',
  'LOW_PRIORITY',
  'DELAYED',
  'TEMP',
  'TEMPORARY',
]);

/** The name after a word, with its qualifiers. */
function tablesAfter(statement: readonly SqlToken[], word: string): readonly string[] {
  let at = statement.findIndex((token) => isWord(token) && token.text === word) + 1;
  if (at === 0) {
    return [];
  }
  while (beforeName.has(statement[at]?.text ?? '')) {
    at++;
  }
  const parts: string[] = [];
  while (isName(statement[at])) {
    const token = statement[at];
    parts.push(token?.type === 'word' ? token.text.toLowerCase() : (token?.text ?? ''));
    if (statement[at + 1]?.text !== '.') {
      break;
    }
    at += 2;
  }
  return parts.length === 0 ? [] : [parts.join('.')];
}

function withoutOpening(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const start = tokens.findIndex(({ text }) => text !== '(');
  return start <= 0 ? tokens : tokens.slice(start);
}

function wordAt(statement: readonly SqlToken[], index: number): string | undefined {
  const token = statement[index];
  return token !== undefined && isWord(token) ? token.text : undefined;
}
