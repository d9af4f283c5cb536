import { lstatSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { canonicalJson, messageOf, SessionReducer } from '../../protocol';
import type { CheckpointRecord, JsonValue, RetiredLogs, SessionHeader, SessionRecord } from '../../protocol';
import { readHeadText } from './log-file';
import { noHash } from './log-head';
import type { Head, HeadSeal } from './log-head';
import { readLog } from './log-lines';
import { headPathOf, idOfLog, logPathOf, sessionLogs } from './log-names';
import { strangeness } from './session-place';

/** Something in the audit trail that is not as it was written. */
export interface AuditProblem {
  /** Absolute path of the log, or of the folder. */
  readonly log: string;
  /** 1-based; absent if it is about the whole log. */
  readonly line?: number;
  readonly message: string;
}

/** The result of {@link verifySessions} for one folder. */
interface AuditReport {
  readonly logs: number;
  readonly records: number;
  readonly problems: readonly AuditProblem[];
}

/** How far a session folder's newest log once reached, kept where who changes logs has no access. */
export interface AuditAnchor {
  /** The log's file name. */
  readonly log: string;
  readonly lines: number;
  /** SHA-256 of that line. */
  readonly hash: string;
}

/** Facts from outside the logs that they are verified against. */
interface VerifyContext {
  /** The installation's id. */
  readonly installation: string;
  readonly seal: HeadSeal;
  readonly anchor?: AuditAnchor | undefined;
}

/**
 * Verifies all logs of one user in one workspace: every line follows the one before, no line is missing at the end, no
 * log is missing, and all of them belong there. An unfinished last line, left by a process that was killed, is no
 * problem. What can't be read is a problem, not an error.
 * @param folder absolute, named after the session key
 */
export function verifySessions(folder: string, context: VerifyContext): AuditReport {
  try {
    if (!lstatSync(folder).isDirectory()) {
      return broken(folder, 'This is a link or a file in place of a folder.');
    }
    return new FolderCheck(folder, context).run();
  } catch (error) {
    return broken(folder, `The folder can't be read: ${messageOf(error)}`);
  }
}

function broken(folder: string, message: string): AuditReport {
  return { logs: 0, records: 0, problems: [{ log: folder, message }] };
}

class FolderCheck {
  readonly #folder: string;
  readonly #context: VerifyContext;
  readonly #problems: AuditProblem[] = [];
  /** The newest log removed because of its age, as the newest log on disk records it. */
  #retired: RetiredLogs | undefined;
  #anchorHash: string | undefined;

  constructor(folder: string, context: VerifyContext) {
    this.#folder = folder;
    this.#context = context;
  }

  run(): AuditReport {
    const names = sessionLogs(this.#folder);
    const checked = names.map((name) => this.#log(name));
    this.#retired = checked.map(({ first }) => first?.retired).findLast((retired) => retired !== undefined);
    checked.forEach((log, index) => this.#follows(log, checked[index - 1], checked[index + 1]));
    this.#parts(checked);
    this.#orphans(names);
    this.#anchor(names);
    return {
      logs: names.length,
      records: checked.reduce((sum, { lines }) => sum + lines, 0),
      problems: this.#problems,
    };
  }

  /** One log by itself. */
  #log(name: string): CheckedLog {
    const path = join(this.#folder, name);
    const log = new CheckedLog(name);
    const { anchor, seal } = this.#context;
    const headText = readHeadText(headPathOf(path));
    const head = seal.parse(path, headText);
    let atHead: string | undefined;
    try {
      const whole = readLog(path, ({ hash, number, record }) => {
        const problem = log.take(number, hash, record);
        if (problem !== undefined) {
          this.#found(path, problem, number);
        }
        atHead = number === head?.lines ? hash : atHead;
        if (name === anchor?.log && number === anchor.lines) {
          this.#anchorHash = hash;
        }
      });
      if (!whole) {
        this.#found(path, 'The line is too long to be a record; what follows was not read.', log.lines + 1);
      }
    } catch (error) {
      this.#found(path, `The log can't be read: ${messageOf(error)}`);
      return log;
    }
    this.#head(path, log, head, headText, atHead);
    this.#belongs(path, log);
    log.next = head?.next;
    return log;
  }

  #head(
    path: string,
    log: CheckedLog,
    head: Head | undefined,
    text: string | undefined,
    atHead: string | undefined,
  ): void {
    if (head === undefined) {
      const how = text === undefined ? 'missing' : 'damaged, or was not written by this installation';
      this.#found(path, `The head of the log is ${how}.`);
    } else if (head.lines === 0 && log.lines > (log.isOld ? 1 : 0)) {
      this.#found(path, 'The head of the log was emptied, or removed and made anew.');
    } else if (!head.sealed && !log.isOld && log.lines > 0) {
      this.#found(path, 'The head of the log was not written by Gatehouse: it is not sealed.');
    } else if (head.lines > log.lines) {
      this.#found(path, `The log's end is missing: it had ${head.lines} lines, now ${log.lines}.`);
    } else if (head.lines > 0 && atHead !== head.hash) {
      this.#found(path, 'The line is not the one that the head of the log names.', head.lines);
    }
  }

  #belongs(path: string, { first, name }: CheckedLog): void {
    if (first === undefined) {
      this.#found(path, 'The log does not begin with its header.', 1);
      return;
    }
    const why = strangeness(first, basename(this.#folder), this.#context.installation);
    if (why !== undefined) {
      this.#found(path, `The log does not belong here: ${why}.`, 1);
    }
    if (idOfLog(name) !== first.id) {
      this.#found(path, `The log was renamed: it is of the session ${JSON.stringify(first.id)}.`, 1);
    }
  }

  /** One log after the other. */
  #follows(log: CheckedLog, before: CheckedLog | undefined, after: CheckedLog | undefined): void {
    const path = join(this.#folder, log.name);
    const { first, next } = log;
    if (first !== undefined) {
      const retired = before === undefined ? this.#retired : undefined;
      const isFirstKept =
        retired !== undefined && first.previous !== undefined && first.previous <= retired.through;
      if (first.previous !== before?.name && !isFirstKept) {
        this.#found(path, `The log before this one, ${first.previous ?? 'none'}, is missing.`, 1);
      } else {
        const hash = isFirstKept
          ? first.previous === retired.through
            ? retired.hash
            : first.prev
          : before?.hash;
        if (first.prev !== (hash ?? noHash)) {
          this.#found(path, `The log before this one, ${first.previous ?? 'none'}, ended otherwise.`, 1);
        }
      }
      if (log.isOld && before !== undefined && !before.isOld) {
        this.#found(path, 'The log is of an older version than the one before it.', 1);
      }
    }
    if (next !== undefined && next !== after?.name) {
      this.#found(path, `The log after this one, ${next}, is missing.`);
    }
  }

  /** Checks that each checkpoint holds the final state of the log before it. */
  #parts(logs: readonly CheckedLog[]): void {
    logs.forEach(({ first, name }, index) => {
      const before = logs[index - 1];
      if (first?.type === 'checkpoint' && before !== undefined) {
        const { header, part } = before.tally;
        const isNext =
          before.tally.continuedBy === name && header?.id === first.id && part + 1 === first.part;
        if (!isNext || stateText(before.tally.state) !== stateText(first.state)) {
          const message = 'The checkpoint does not carry on what the log before it came to.';
          this.#found(join(this.#folder, name), message, 1);
        }
      }
    });
  }

  #orphans(names: readonly string[]): void {
    for (const head of readdirSync(this.#folder).filter((name) => name.endsWith('.head'))) {
      const log = logPathOf(head);
      const parsed = this.#context.seal.parse(log, readHeadText(join(this.#folder, head)));
      // Whoever began a log and died has left a head of one line.
      const neverBegun = parsed?.sealed === true && parsed.lines === 1 && parsed.next === undefined;
      if (!names.includes(log) && !neverBegun && !(log <= (this.#retired?.through ?? ''))) {
        this.#found(join(this.#folder, log), 'The log is missing; only its head is left.');
      }
    }
  }

  #anchor(names: readonly string[]): void {
    const { anchor } = this.#context;
    if (anchor === undefined || anchor.log <= (this.#retired?.through ?? '')) {
      return;
    }
    const path = join(this.#folder, anchor.log);
    if (!names.includes(anchor.log)) {
      this.#found(path, 'The log is missing: VS Code has seen it.');
    } else if (this.#anchorHash !== anchor.hash) {
      this.#found(path, 'The line is missing, or not the one that VS Code has seen.', anchor.lines);
    }
  }

  #found(log: string, message: string, line?: number): void {
    this.#problems.push({ log, ...(line === undefined ? {} : { line }), message });
  }
}

/** A log as far as it was read. */
class CheckedLog {
  readonly name: string;
  readonly tally = new SessionReducer();
  lines = 0;
  hash: string = noHash;
  first: SessionHeader | CheckpointRecord | undefined;
  isOld = false;
  next: string | undefined;
  #time = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** The next line; returns what is wrong with it. */
  take(number: number, hash: string, record: SessionRecord | undefined): string | undefined {
    const before = this.hash;
    this.lines = number;
    this.hash = hash;
    if (record === undefined) {
      return 'The line is not a record.';
    }
    this.tally.apply(record);
    if (number === 1) {
      this.first = record.type === 'session' || record.type === 'checkpoint' ? record : undefined;
      this.isOld = record.type === 'session' && record.v === 1;
    } else if (record.prev !== before) {
      return 'The line does not follow the one before: that one was changed, or lines between were removed or added.';
    }
    const time = Date.parse(record.time);
    if (!this.isOld && !(time >= this.#time)) {
      return 'The line is older than the one before.';
    }
    this.#time = time;
    return undefined;
  }
}

/** How fast agents were depends on limits that may have changed since. */
function stateText(state: CheckpointRecord['state']): string {
  return canonicalJson(JSON.parse(JSON.stringify({ ...state, pace: [] })) as JsonValue);
}
