import { describe, expect, test } from 'vitest';
import { summarize, toMarkdown } from '../bench/table';

describe('the tables of benchmarks.md', () => {
  test('numbers in tables stand to the right, with three significant digits', () => {
    const table = toMarkdown({
      title: 'A call',
      note: 'Of 1,000 each.',
      columns: ['way', 'p50 (ms)', 'calls'],
      rows: [
        ['direct', 0.123456, 1000],
        ['guard | relay', 12.3456, 1_234_567],
        ['none', undefined, undefined],
      ],
    });
    expect(table).toBe(
      [
        '### A call',
        '',
        'Of 1,000 each.',
        '',
        '| way            | p50 (ms) |     calls |',
        '| -------------- | -------: | --------: |',
        '| direct         |    0.123 |     1,000 |',
        '| guard \\| relay |     12.3 | 1,234,567 |',
        '| none           |          |           |',
        '',
      ].join('\n'),
    );
  });

  test('percentiles are samples that were measured', () => {
    const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(summarize(samples)).toEqual({ count: 100, mean: 50.5, p50: 50, p95: 95, p99: 99, max: 100 });
    expect(summarize([7])).toEqual({ count: 1, mean: 7, p50: 7, p95: 7, p99: 7, max: 7 });
  });

  test('no samples make no figure', () => {
    expect(() => summarize([])).toThrow(RangeError);
  });
});
