import type { ConditionCoverage, Coverage, FileCoverage } from '../../policy';

/** Coverage in the format of lcov, which editors and CI services read: rules and derived roles as functions, outcomes as branches. */
export function coverageLcov({ files }: Coverage): string {
  return files.map(fileRecord).join('');
}

function fileRecord({ file, rules, derivedRoles, totals }: FileCoverage): string {
  const functions = [
    ...rules.map(({ fqn, location, activated, condition }) => ({
      name: fqn,
      line: location.line,
      count: activated,
      condition,
    })),
    ...derivedRoles.map(({ name, location, effective, condition }) => ({
      name,
      line: location.line,
      count: effective,
      condition,
    })),
  ];
  // Several may start on one line of flow style.
  const lines = new Map<number, number>();
  for (const { line, count } of functions) {
    lines.set(line, Math.max(lines.get(line) ?? 0, count));
  }
  const hit = [...lines.values()].filter((count) => count > 0).length;
  const covered = totals.rules.covered + totals.derivedRoles.covered;
  return [
    'TN:',
    `SF:${file}`,
    ...functions.map(({ line, name }) => `FN:${line},${name}`),
    ...functions.map(({ count, name }) => `FNDA:${count},${name}`),
    `FNF:${functions.length}`,
    `FNH:${covered}`,
    ...functions.flatMap(({ line, condition }, block) =>
      condition ? outcomes(condition, line).flatMap((each, part) => branches(each, block, part)) : [],
    ),
    `BRF:${totals.outcomes.total}`,
    `BRH:${totals.outcomes.covered}`,
    ...[...lines].map(([line, count]) => `DA:${line},${count}`),
    `LF:${lines.size}`,
    `LH:${hit}`,
    'end_of_record\n',
  ].join('\n');
}

interface Outcomes {
  readonly line: number;
  readonly held: number;
  readonly notHeld: number;
}

function outcomes({ held, notHeld, location, of }: ConditionCoverage, around: number): readonly Outcomes[] {
  const line = location?.line ?? around;
  return [{ line, held, notHeld }, ...of.flatMap((part) => outcomes(part, line))];
}

function branches({ line, held, notHeld }: Outcomes, block: number, part: number): readonly string[] {
  const isMet = held + notHeld > 0;
  return [held, notHeld].map(
    (count, way) => `BRDA:${line},${block},${2 * part + way},${isMet ? count : '-'}`,
  );
}
