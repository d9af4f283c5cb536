import { describe, expect, test } from 'vitest';
import { untranslated as t } from '../translate';
import { changeLines, errorLines, warningLines } from './activation-report';
import type { ActivationReport, LayerName } from '../../server/protocol';

const report: ActivationReport = {
  digest: 'd',
  changes: [
    {
      layer: 'policies:workspace:0123',
      acceptedBefore: false,
      files: [
        { change: 'added', path: 'a.yaml' },
        { change: 'removed', path: 'b\u202E.yaml' },
      ],
      issues: [
        { severity: 'warning', message: 'odd', file: 'a.yaml', line: 1 },
        { severity: 'error', message: 'wrong', file: 'a.yaml', line: 3 },
      ],
    },
    {
      layer: 'servers:user',
      acceptedBefore: false,
      files: [{ change: 'changed', path: 'mcp.json' }],
      issues: [],
    },
  ],
};

/** A report of so many added files in each layer. */
function reportOf(counts: Readonly<Record<string, number>>): ActivationReport {
  return {
    digest: '',
    changes: Object.entries(counts).map(([layer, count]) => ({
      layer: layer as LayerName,
      acceptedBefore: false,
      files: Array.from({ length: count }, (_, i) => ({ change: 'added' as const, path: `${i}.yaml` })),
      issues: [],
    })),
  };
}

describe('what is about to be activated', () => {
  test('changes are listed by file, with nothing invisible', () => {
    expect(changeLines(report, t)).toEqual([
      'your guarded servers: mcp.json (changed)',
      "this workspace's policies: a.yaml (added)",
      "this workspace's policies: b‹U+202E›.yaml (removed)",
    ]);
  });

  test('the list says how many more changes there are, and what happens to them', () => {
    const lines = changeLines(reportOf({ 'policies:user': 20 }), t);
    expect(lines).toHaveLength(12);
    expect(lines.at(-1)).toBe('your policies: … and 9 more files (9 added)');
  });

  test('the list never leaves out servers, however many policies there are', () => {
    const many = {
      'policies:workspace:0': 500,
      'policies:user': 40,
      'servers:user': 1,
      'servers:workspace:0': 1,
    };
    const lines = changeLines(reportOf(many), t);
    expect(lines.slice(0, 2)).toEqual([
      'your guarded servers: 0.yaml (added)',
      "this workspace's guarded servers: 0.yaml (added)",
    ]);
    expect(lines).toContain("this workspace's policies: … and 498 more files (498 added)");
    expect(lines).toContain('your policies: … and 38 more files (38 added)');
    expect(lines.length).toBeLessThanOrEqual(12);
  });

  test('the list says what is wrong: errors, not warnings', () => {
    expect(errorLines(report, t)).toEqual(["this workspace's policies: a.yaml:3: wrong"]);
  });
});

describe('what a person is warned of', () => {
  const failing: ActivationReport = {
    digest: 'd',
    changes: [
      {
        layer: 'policies:user',
        acceptedBefore: false,
        files: [{ change: 'added', path: 'a.yaml' }],
        issues: [],
        tests: { passed: 2, failed: 1, failures: [{ file: 'a_test.yaml', line: 7, message: 'wrong\u202E' }] },
        base: {
          mode: 'replaced',
          givenUp: ['mcp:tool: deletions-ask'],
          tests: { passed: 1, failed: 75, failures: [] },
        },
      },
    ],
  };

  test('a person is warned of failing tests, first, and then of built-in rules that are given up', () => {
    expect(warningLines(failing, t)).toEqual([
      'your policies: 1 expectations of their tests FAIL, 2 come true',
      '  ✗ a_test.yaml:7: wrong‹U+202E›',
      'Your policies REPLACE the built-in base: 1 rules are given up, and 75 of the expectations of its tests fail',
      '  mcp:tool: deletions-ask',
    ]);
    expect(warningLines(report, t)).toEqual([]);
  });
});
