import { readdirSync } from 'node:fs';

const ending = '.jsonl';

/** The names of the logs in a session folder, oldest first. */
export function sessionLogs(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort();
}

/** The path of a log's `.head` file. */
export function headPathOf(log: string): string {
  return log.replace(/\.jsonl$/, '.head');
}

/** The path of the log that a `.head` file is about. */
export function logPathOf(head: string): string {
  return head.replace(/\.head$/, ending);
}

/**
 * A new log's name: the time and the session's id. Names sort by time; if the clock was set back, the new one still
 * sorts after the one before.
 * @param now milliseconds since the epoch
 * @param previous the newest log's name
 */
export function logName(now: number, id: string, previous: string | undefined): string {
  const before = previous === undefined ? undefined : timeOfLog(previous);
  const time = before === undefined ? now : Math.max(now, before + 1);
  return `${new Date(time).toISOString().replace(/[-:.]/g, '')}-${id}${ending}`;
}

/** When a log was begun by its name, milliseconds since the epoch; undefined if the name says nothing. */
export function timeOfLog(name: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-/.exec(name);
  if (match === null) {
    return undefined;
  }
  const [, year, month, day, hour, minute, second, milli] = match.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second, milli);
}

/** The session's id in a log's name; undefined if there is none. */
export function idOfLog(name: string): string | undefined {
  return /-([0-9a-f]+)\.jsonl$/.exec(name)?.[1];
}
