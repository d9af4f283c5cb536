import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPrivate, sha256 } from '../../protocol';
import { headPathOf, noHash, parseHead, parseRecord } from './log-file';
import { sessionLogs } from './session-store';

/** Something in the audit trail that is not as it was written. */
export interface AuditProblem {
  /** Absolute path of the log. */
  readonly log: string;
  /** 1-based; absent if it is about the whole log. */
  readonly line?: number;
  readonly message: string;
}

/** What {@link verifySessions} found in one folder. */
export interface AuditReport {
  readonly logs: number;
  readonly records: number;
  readonly problems: readonly AuditProblem[];
}

/**
 * Verifies all logs of one user in one workspace: every line follows the one before, no line is missing at the end,
 * no log is missing between others. An unfinished last line, left by a process that was killed, is no problem.
 */
export function verifySessions(folder: string): AuditReport {
  const names = sessionLogs(folder);
  const problems: AuditProblem[] = [];
  let records = 0;
  let last: { name: string; hash: string } | undefined;
  for (const [index, name] of names.entries()) {
    const log = join(folder, name);
    const checked = verifyLog(log);
    records += checked.lines;
    problems.push(...checked.problems);
    const { first } = checked;
    if (first?.type !== 'session') {
      problems.push({ log, line: 1, message: 'The log does not begin with its header.' });
    } else if (index === 0 ? first.previous !== undefined : first.previous !== last?.name) {
      problems.push({
        log,
        line: 1,
        message: `The log before this one, ${first.previous ?? 'none'}, is missing.`,
      });
    } else if (first.prev !== (last?.hash ?? noHash)) {
      problems.push({
        log,
        line: 1,
        message: `The log before this one, ${last?.name ?? 'none'}, ended otherwise.`,
      });
    }
    last = { name, hash: checked.hash };
  }
  for (const name of readdirSync(folder)) {
    const log = join(folder, name.replace(/\.head$/, '.jsonl'));
    if (name.endsWith('.head') && !names.includes(name.replace(/\.head$/, '.jsonl'))) {
      problems.push({ log, message: 'The log is missing; only its head is left.' });
    }
  }
  return { logs: names.length, records, problems };
}

interface CheckedLog {
  readonly lines: number;
  readonly hash: string;
  readonly first: ReturnType<typeof parseRecord>;
  readonly problems: readonly AuditProblem[];
}

function verifyLog(log: string): CheckedLog {
  const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
  const problems: AuditProblem[] = [];
  const hashes = lines.map((line) => sha256(line));
  lines.forEach((line, index) => {
    const record = parseRecord(line);
    if (record === undefined) {
      problems.push({ log, line: index + 1, message: 'The line is not a record.' });
    } else if (index > 0 && record.prev !== hashes[index - 1]) {
      problems.push({
        log,
        line: index + 1,
        message:
          'The line does not follow the one before: that one was changed, or lines between were removed or added.',
      });
    }
  });
  const head = parseHead(readPrivate(headPathOf(log)));
  if (head === undefined) {
    problems.push({ log, message: 'The head of the log is missing or damaged.' });
  } else if (head.lines === 0 && lines.length > 1) {
    problems.push({ log, message: 'The head of the log was emptied, or removed and made anew.' });
  } else if (head.lines > lines.length) {
    problems.push({
      log,
      message: `The log's end is missing: it had ${head.lines} lines, now ${lines.length}.`,
    });
  } else if (head.lines > 0 && hashes[head.lines - 1] !== head.hash) {
    problems.push({
      log,
      line: head.lines,
      message: 'The line is not the one that the head of the log names.',
    });
  }
  return { lines: lines.length, hash: hashes.at(-1) ?? noHash, first: parseRecord(lines[0] ?? ''), problems };
}
