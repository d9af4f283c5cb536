import type { JsonObject, JsonValue } from '../../../protocol';
import { effectKinds, noEvidence } from '../effect';
import type { CallEvidence } from '../effect';
import { lettersOf, wordsOf } from '../words';
import { statementEffect } from './statements';
import type { StatementEffect } from './statements';
import { sqlStatements } from './tokens';

/** Arguments that hold SQL whatever they look like, compared without case and separators. */
const certainNames = new Set([
  'sql',
  'sqlquery',
  'sqlstatement',
  'statement',
  'statements',
  'sqltext',
  'ddl',
  'dml',
]);
/** Arguments that hold SQL if they look like it. */
const possibleNames = new Set([
  'query',
  'queries',
  'q',
  'text',
  'command',
  'commands',
  'migration',
  'up',
  'down',
]);

/** Words of a tool's name with which its query is SQL. */
const databases = new Set([
  ...[
    'sql',
    'sqlite',
    'postgres',
    'postgresql',
    'mysql',
    'mariadb',
    'mssql',
    'oracle',
    'duckdb',
    'bigquery',
    'snowflake',
  ],
  ...['clickhouse', 'redshift', 'database', 'db', 'supabase', 'neon', 'migration'],
]);

/** The beginning of a statement with enough of its shape that a sentence does not have it by chance. */
const looksLikeSql =
  /^(?:\s|;|\(|--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*(?:\/\*!\d*\s*)?(?:select\s+(?:[^;]*\bfrom\b|[\d'"*@(]|\w+\s*\()|insert\s+(?:or\s+\w+\s+|ignore\s+)?into\b|update\s+[\w."`[\]]+(?:\s+(?:as\s+)?\w+)?\s+set\b|delete\s+from\b|merge\s+into\b|replace\s+into\b|truncate\s+(?:table\s+)?[\w."`[\]]+\s*(?:;|,|cascade|restart|$)|drop\s+(?:table|view|database|schema|index|user|role|function|sequence|type|trigger|column|materialized)\b|alter\s+(?:table|user|role|database|schema|view|system|default|sequence|type)\b|create\s+(?:or\s+replace\s+)?(?:global\s+|temp(?:orary)?\s+|unlogged\s+|unique\s+|virtual\s+|materialized\s+|external\s+)*(?:table|view|index|database|schema|user|role|function|procedure|trigger|extension|sequence|type|policy)\b|with\s+(?:recursive\s+)?[\w"`]+\s*(?:\([^)]*\)\s*)?as\s*(?:not\s+)?(?:materialized\s*)?\(|grant\s+[\w\s,]+\s(?:on|to)\b|revoke\s+[\w\s,]+\s(?:on|from)\b|copy\s+[\w."(]|pragma\s+\w+|explain\s+(?:analyze\s+|verbose\s+|query\s+plan\s+|\()*(?:select|insert|update|delete|with)\b|vacuum\s*(?:;|$|full|analyze|into)|attach\s+(?:database\s+)?['"]|load\s+data\b|do\s+\$|exec(?:ute)?\s+(?:sp_|xp_|immediate\b|\())/i;

/** Longer texts are read as SQL that cannot be classified. */
const longest = 1_048_576;

/** The effect of the SQL in a call's top-level arguments. */
export function sqlEvidence(toolName: string, args: JsonObject): CallEvidence {
  const database = wordsOf(toolName).some((word) => databases.has(word));
  const found = Object.entries(args).flatMap(([name, value]) =>
    textsOf(value).flatMap((text) => (isSql(name, text, database) ? effectsOf(text) : [])),
  );
  if (found.length === 0) {
    return noEvidence;
  }
  const evidence = effectKinds.flatMap((kind) => {
    const reasons = found.filter((effect) => effect.kind === kind);
    const worst = reasons.find(({ loses }) => loses) ?? reasons[0];
    return worst === undefined ? [] : [{ kind, from: 'sql' as const, text: `SQL that ${worst.text}` }];
  });
  const tables = [...new Set(found.flatMap((effect) => effect.tables))].slice(0, 16);
  return {
    evidence,
    loses: found.some(({ loses }) => loses),
    covers: 'all',
    targets: tables.map((name) => ({ type: 'table' as const, name })),
  };
}

function isSql(name: string, text: string, database: boolean): boolean {
  const plain = lettersOf(name);
  return (
    certainNames.has(plain) ||
    (possibleNames.has(plain) && (database || looksLikeSql.test(text.slice(0, 4_096))))
  );
}

function effectsOf(sql: string): readonly StatementEffect[] {
  const statements = sql.length > longest ? undefined : sqlStatements(sql);
  return statements === undefined
    ? [{ kind: 'execute', loses: false, text: 'cannot be read to its end', tables: [] }]
    : statements.map(statementEffect);
}

function textsOf(value: JsonValue): readonly string[] {
  const values = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  return values.filter((one) => typeof one === 'string' && one.trim() !== '').map(String);
}
