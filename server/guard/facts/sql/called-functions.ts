import { isName } from './tokens';
import type { SqlToken } from './tokens';

/** Words before a parenthesis that call nothing. */
const notCalled = new Set([
  ...[
    'IN',
    'AND',
    'OR',
    'NOT',
    'ON',
    'AS',
    'FROM',
    'JOIN',
    'WHERE',
    'HAVING',
    'SELECT',
    'OVER',
    'FILTER',
    'USING',
  ],
  ...[
    'BY',
    'WHEN',
    'THEN',
    'ELSE',
    'UNION',
    'INTERSECT',
    'EXCEPT',
    'ALL',
    'ANY',
    'SOME',
    'EXISTS',
    'VALUES',
    'WITH',
  ],
  ...[
    'GROUP',
    'LATERAL',
    'DISTINCT',
    'LIMIT',
    'OFFSET',
    'TOP',
    'LIKE',
    'ILIKE',
    'BETWEEN',
    'IS',
    'CASE',
    'ESCAPE',
  ],
  ...[
    'MATERIALIZED',
    'RECURSIVE',
    'WITHIN',
    'SETS',
    'CUBE',
    'ROLLUP',
    'PARTITION',
    'ORDER',
    'RETURNING',
    'MINUS',
  ],
  ...[
    'TABLESAMPLE',
    'BERNOULLI',
    'SYSTEM',
    'ARRAY',
    'ROWS',
    'RANGE',
    'GROUPS',
    'PIVOT',
    'UNPIVOT',
    'FOR',
    'APPLY',
  ],
  ...[
    'CHAR',
    'VARCHAR',
    'NVARCHAR',
    'DECIMAL',
    'NUMERIC',
    'TIMESTAMP',
    'TIME',
    'BIT',
    'CHARACTER',
    'VARYING',
    'FLOAT',
  ],
]);

/** The names before a parenthesis that are functions. Qualified ones are other people's, but for PostgreSQL's own. */
export function calledFunctions(statement: readonly SqlToken[]): readonly string[] {
  return statement.flatMap((token, index): readonly string[] => {
    const next = statement[index + 1];
    if (next?.text !== '(' || next.type !== 'symbol' || (token.type !== 'word' && token.type !== 'quoted')) {
      return [];
    }
    const before = statement[index - 1];
    // `AS t(a, b)`: columns of an alias; `WITH t(a) AS (…)`, `, t(a) AS (…)`: of a common table.
    if (before?.text === 'AS' || before?.text === 'WITH' || before?.text === 'RECURSIVE') {
      return [];
    }
    if (closesBeforeAs(statement, index + 1)) {
      return [];
    }
    const qualifier = before?.text === '.' ? statement[index - 2]?.text.toUpperCase() : undefined;
    const own = qualifier === undefined || qualifier === 'PG_CATALOG' || qualifier === 'SYS';
    if (token.type === 'word' && own && notCalled.has(token.text)) {
      return [];
    }
    return [own ? token.text.toUpperCase() : `${qualifier}.${token.text.toUpperCase()}`];
  });
}

/** A parenthesis that ends before `AS (` lists the columns of a common table. */
function closesBeforeAs(statement: readonly SqlToken[], open: number): boolean {
  // Columns are words and commas only, so that the search ends at the first other token.
  let at = open + 1;
  while (at < statement.length && (isName(statement[at]) || statement[at]?.text === ',')) {
    at++;
  }
  return statement[at]?.text === ')' && statement[at + 1]?.text === 'AS' && statement[at + 2]?.text === '(';
}
