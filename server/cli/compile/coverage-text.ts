import type { ConditionCoverage, Coverage, CoverageTotals, FileCoverage, Share } from '../../policy';
import type { Paint } from './color';

/** Renders test coverage as text: one line for each file, and below it each part that no test exercised. */
export function coverageText({ files, totals }: Coverage, paint: Paint): string {
  const width = Math.max(5, ...files.map(({ file }) => file.length));
  const line = (name: string, of: CoverageTotals): string =>
    [name.padEnd(width), shareText(of.rules), shareText(of.derivedRoles), shareText(of.outcomes)].join('  ');
  const header = [
    'File'.padEnd(width),
    ...['Rules', 'Derived roles', 'Outcomes'].map((each) => each.padStart(16)),
  ];
  const lines = files.flatMap((file) => [
    paint.file(line(file.file, file.totals)),
    ...gaps(file).map(({ at, what }) => `  ${paint.position(at)} ${what}`),
  ]);
  return `\n${paint.heading('Coverage')}\n${[header.join('  '), ...lines, line('All', totals)].join('\n')}\n`;
}

function shareText({ covered, total }: Share): string {
  if (total === 0) {
    return '–'.padStart(16);
  }
  const percent = Math.floor((100 * covered) / total);
  return `${covered}/${total} ${String(percent).padStart(3)} %`.padStart(16);
}

interface Gap {
  readonly line: number;
  readonly at: string;
  readonly what: string;
}

function gaps({ rules, derivedRoles }: FileCoverage): readonly Gap[] {
  const found: Gap[] = [];
  const add = ({ line, column }: { line: number; column: number }, what: string): void =>
    void found.push({ line, at: `${line}:${column}`, what });
  for (const { name, location, activated, conditionNotMet, notReached, condition } of rules) {
    const label = name === '' ? 'the entry' : `rule ${name}`;
    if (activated === 0) {
      const isMet = conditionNotMet + notReached > 0;
      add(location, `${label} ${isMet ? 'never applies' : 'is never looked at'}`);
    }
    if (condition && activated + conditionNotMet > 0) {
      missingOutcomes(condition, location, add);
    }
  }
  for (const { name, location, effective, condition } of derivedRoles) {
    if (effective === 0) {
      add(location, `nobody has the derived role ${name}`);
    }
    if (condition && effective > 0) {
      missingOutcomes(condition, location, add);
    }
  }
  return found.sort((a, b) => a.line - b.line);
}

function missingOutcomes(
  { kind, source, location, held, notHeld, of }: ConditionCoverage,
  around: { line: number; column: number },
  add: (at: { line: number; column: number }, what: string) => void,
): void {
  const label = source === undefined ? `“${kind}”` : oneLine(source);
  const at = location ?? around;
  if (held + notHeld === 0) {
    add(at, `${label} is never needed`);
  } else if (held === 0) {
    add(at, `${label} never holds`);
  } else if (notHeld === 0) {
    add(at, `${label} always holds`);
  }
  for (const part of of) {
    missingOutcomes(part, at, add);
  }
}

function oneLine(source: string): string {
  const text = source.replace(/\s+/g, ' ').trim();
  return text.length > 70 ? `${text.slice(0, 69)}…` : text;
}
