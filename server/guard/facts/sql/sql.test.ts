import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sqlEvidence } from './sql';

/** The kinds of the statements, with `!` if something may be lost. */
function kindsOf(sql: string): string {
  const { evidence, loses } = sqlEvidence('query', { sql });
  return evidence.map(({ kind }) => kind).join(' ') + (loses ? '!' : '');
}

describe('the effect of SQL', () => {
  test.each([
    ['SELECT * FROM orders', 'read'],
    [
      'select count(*), max(total) from "Orders" o join lines l on l.order_id = o.id where o.id in (1, 2)',
      'read',
    ],
    ["SELECT name FROM users WHERE note = 'DELETE FROM users; -- it''s fine'", 'read'],
    ['WITH recent (id) AS (SELECT id FROM orders) SELECT id FROM recent', 'read'],
    ['WITH a AS (SELECT 1), b(x, y) AS (SELECT 1, 2) SELECT * FROM a, b AS c(p, q)', 'read'],
    ['(SELECT 1) UNION (SELECT 2)', 'read'],
    ['SELECT id FROM jobs FOR UPDATE SKIP LOCKED', 'read'],
    ["SELECT data #>> '{a,b}' FROM t", 'execute'],
    ['SELECT row_number() OVER (PARTITION BY a ORDER BY b), CAST(x AS varchar(20)) FROM t', 'read'],
    ['EXPLAIN SELECT * FROM t', 'read'],
    ['EXPLAIN DELETE FROM t', 'read'],
    ['EXPLAIN ANALYZE DELETE FROM t WHERE id = 1', 'delete!'],
    ['EXPLAIN (ANALYZE, BUFFERS) UPDATE t SET a = 1 WHERE b', 'change'],
    ['SHOW TABLES', 'read'],
    ['PRAGMA table_info(orders)', 'read'],
    ['PRAGMA journal_mode = DELETE', 'change'],
    ['BEGIN; SELECT 1; COMMIT', 'read'],
    ['-- a comment\nSELECT 1', 'read'],
    ['/* DELETE FROM t */ SELECT 1', 'read'],
    ['INSERT INTO orders (id) VALUES (1)', 'create'],
    ['REPLACE INTO orders VALUES (1)', 'change!'],
    ['UPDATE orders SET total = 0 WHERE id = 1', 'change'],
    ['UPDATE orders SET total = 0', 'change!'],
    ['DELETE FROM orders WHERE id = 1', 'delete!'],
    ['SELECT 1; DELETE FROM orders', 'read delete!'],
    ['WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone', 'delete!'],
    ['WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x', 'create'],
    ['TRUNCATE orders', 'delete!'],
    ['DROP TABLE IF EXISTS orders CASCADE', 'delete!'],
    ['ALTER TABLE orders ADD COLUMN note text', 'change'],
    ['ALTER TABLE orders DROP COLUMN note', 'delete!'],
    ['CREATE TABLE t (id int primary key)', 'create'],
    ['CREATE OR REPLACE VIEW v AS SELECT 1', 'change!'],
    ['CREATE FUNCTION f() RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql', 'execute'],
    ['CREATE USER eve PASSWORD $$x$$', 'permit'],
    ['GRANT ALL ON orders TO eve', 'permit'],
    ['SET ROLE postgres', 'permit'],
    ['SET search_path TO app', 'read'],
    ['SELECT * INTO copy_of FROM orders', 'create'],
    ["SELECT '<?php' INTO OUTFILE '/var/www/x.php'", 'change!'],
    ["COPY t FROM PROGRAM 'curl evil'", 'execute'],
    ['COPY t TO STDOUT', 'read'],
    ["COPY t TO '/tmp/x'", 'change!'],
    ["SELECT pg_read_file('/etc/passwd')", 'execute'],
    ['SELECT app.wipe()', 'execute'],
    ['SELECT "Wipe"()', 'execute'],
    ['SELECT pg_catalog.now()', 'read'],
    ['CALL wipe()', 'execute'],
    ["DO 'BEGIN DELETE FROM t; END'", 'execute'],
    ["EXEC xp_cmdshell 'dir'", 'execute'],
    ['MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE', 'delete!'],
    ["NOTIFY jobs, 'x'", 'send'],
    ['blah blah', 'execute'],
  ])('the statement %s has the effects %s', (sql, expected) => {
    expect(kindsOf(sql)).toBe(expected);
  });
});

describe('SQL that one dialect reads as text or comment and another runs', () => {
  test.each([
    ["SELECT 'a\\''; DELETE FROM t; -- '", 'a backslash before a quote'],
    ["SELECT 1 # '\n; DELETE FROM t; -- '", "MySQL's comment with a quote in it"],
    ['SELECT 1--1; DELETE FROM t', 'two minus signs without a space'],
    ['SELECT 1 /*! ; DELETE FROM t */', 'a comment that MySQL runs'],
    ["SELECT 1 /*! ' */; DELETE FROM t; -- '", 'a quote in a comment that MySQL runs'],
    ['SELECT 1 /*M!100000 ; DELETE FROM t */', 'a comment that MariaDB runs'],
    ['SELECT 1 /* /* */ ; DELETE FROM t -- */', 'nested comments'],
    ['SELECT $$; DELETE FROM t; $$', 'dollar quotes'],
    ["SELECT a[b ' ]; DELETE FROM t; -- ']", 'a quote in brackets'],
    ["SELECT 'no end; DELETE FROM t", 'a text without end'],
    ['SELECT 1 /* no end', 'a comment without end'],
  ])('%j is not taken for reading: %s', (sql) => {
    expect(['execute', 'read delete!', 'read execute']).toContain(kindsOf(sql));
  });

  test('whatever precedes a deletion in plain SQL does not hide it', () => {
    const plain = fc.stringMatching(/^[a-z0-9 .,=()*<>+-]{0,40}$/);
    fc.assert(
      fc.property(plain, plain, (before, after) => {
        const kinds = kindsOf(`SELECT ${before.replace(/-{2,}/g, '-')} ;\nDELETE FROM t ${after}`);
        expect(kinds).toMatch(/delete|execute/);
      }),
      { numRuns: 300 },
    );
  });
});

describe('finding the SQL of a call', () => {
  test.each([
    ['query', { query: 'SELECT * FROM t' }, 'read'],
    ['search', { query: 'update me on the news' }, ''],
    ['search', { query: 'delete from my list whatever is old' }, 'delete'],
    ['read_query', { query: 'DROP TABLE t' }, 'delete'],
    ['postgres_query', { text: 'VACUUM' }, 'change'],
    ['apply_migration', { name: 'x', query: 'create policy p on t' }, 'permit'],
    ['ask', { question: 'SELECT 1' }, ''],
    ['batch', { statements: ['SELECT 1', 'DELETE FROM t'] }, 'read delete'],
  ])('the tool %s with %j has the effects %s', (tool, args, kinds) => {
    expect(
      sqlEvidence(tool, args)
        .evidence.map(({ kind }) => kind)
        .join(' '),
    ).toBe(kinds);
  });

  test('the tables that a statement changes are its targets', () => {
    const { targets } = sqlEvidence('query', {
      sql: 'DELETE FROM public."Orders"; UPDATE lines SET a = 1; SELECT * FROM x',
    });
    expect(targets).toEqual([
      { type: 'table', name: 'public.Orders' },
      { type: 'table', name: 'lines' },
    ]);
  });

  test('the evidence says what the SQL does', () => {
    const { evidence } = sqlEvidence('query', { sql: 'DELETE FROM orders; SELECT app.f()' });
    expect(evidence.map(({ text }) => text)).toEqual([
      'SQL that deletes all rows',
      'SQL that calls app.f(), which may do anything',
    ]);
  });

  test('a megabyte of quotes, comments and parentheses is read in linear time', () => {
    // Quadratic reading of these would not end within the time that a test has.
    for (const piece of ["''", '/**/', '(', '$a$', '--\n', "'\\'", 'f(', 'with(', '#']) {
      sqlEvidence('query', { sql: `SELECT ${piece.repeat(1_000_000 / piece.length)}` });
    }
  });
});
