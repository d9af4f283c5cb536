// A table of measurements, and how it is printed. Every area of the benchmarks answers in these.

/** One table of measurements: what was measured, in which units, on what. */
export interface BenchTable {
  /** A heading without punctuation at its end, e.g. `A tools/call, end to end`. */
  readonly title: string;
  /** The conditions of the measurement: sizes, number of runs, what is compared with what. */
  readonly note?: string;
  /** Column headings, each with its unit where it has one, e.g. `p50 (ms)`. The first names the row. */
  readonly columns: readonly string[];
  /** One array of cells per row, as long as `columns`; numbers are printed with three significant digits. */
  readonly rows: readonly (readonly BenchCell[])[];
}

/** A cell: text as it is, a number to be rounded, or nothing where there is nothing to measure. */
type BenchCell = string | number | undefined;

/** An area of the benchmarks: the module `test/bench/<area>.ts` exports one function of this type named `bench`. */
export type Bench = () => Promise<readonly BenchTable[]>;

/** Statistics of a set of samples, all in the unit of the samples. */
export interface Summary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * Sums up samples (nearest-rank percentiles).
 * @throws RangeError when there are no samples: a figure made of nothing must not be printed.
 */
export function summarize(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  const rank = (share: number): number => {
    const sample = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    if (sample === undefined) {
      throw new RangeError('There are no samples to sum up.');
    }
    return sample;
  };
  return {
    count: sorted.length,
    mean: sorted.reduce((sum, sample) => sum + sample, 0) / sorted.length,
    p50: rank(0.5),
    p95: rank(0.95),
    p99: rank(0.99),
    max: rank(1),
  };
}

/** Prints a table as GitHub-flavored Markdown, its numbers aligned to the right. */
export function toMarkdown(table: BenchTable): string {
  const cells = [table.columns.map(escape), ...table.rows.map((row) => row.map(format))];
  const widths = table.columns.map((_, at) => Math.max(3, ...cells.map((row) => (row[at] ?? '').length)));
  const numeric = table.columns.map(
    (_, at) =>
      table.rows.some((row) => typeof row[at] === 'number') &&
      table.rows.every((row) => typeof row[at] !== 'string'),
  );
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, at) => (numeric[at] ? (row[at] ?? '').padStart(width) : (row[at] ?? '').padEnd(width))).join(' | ')} |`;
  const rule = `| ${widths.map((width, at) => (numeric[at] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  const [head = [], ...body] = cells;
  const note = table.note === undefined ? [] : [table.note, ''];
  return [`### ${table.title}`, '', ...note, line(head), rule, ...body.map(line), ''].join('\n');
}

function format(cell: BenchCell): string {
  if (cell === undefined) {
    return '';
  }
  return typeof cell === 'number' ? formatNumber(cell) : escape(cell);
}

/** Three significant digits, thousands separated; integers as they are. */
function formatNumber(value: number): string {
  if (!Number.isFinite(value)) {
    return String(value);
  }
  const rounded = Number.isInteger(value) ? value : Number(value.toPrecision(3));
  const fraction = Math.min(20, (/\.(\d+)$/.exec(rounded.toString())?.[1] ?? '').length);
  return rounded.toLocaleString('en-US', {
    minimumFractionDigits: fraction,
    maximumFractionDigits: Math.max(fraction, 6),
  });
}

function escape(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
