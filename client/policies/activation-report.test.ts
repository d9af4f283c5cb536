import { describe, expect, it } from 'vitest';
import { untranslated as t } from '../translate';
import { changeLines, errorLines } from './activation-report';
import type { ActivationReport } from '../../server/protocol';

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

describe('what is about to be activated', () => {
  it('is listed by file, with nothing invisible', () => {
    expect(changeLines(report, t)).toEqual([
      "this workspace's policies: a.yaml (added)",
      "this workspace's policies: b‹U+202E›.yaml (removed)",
      'your guarded servers: mcp.json (changed)',
    ]);
  });

  it('says how many more there are', () => {
    const files = Array.from({ length: 20 }, (_, i) => ({ change: 'added' as const, path: `${i}.yaml` }));
    const lines = changeLines(
      { digest: '', changes: [{ layer: 'policies:user', acceptedBefore: false, files, issues: [] }] },
      t,
    );
    expect(lines).toHaveLength(13);
    expect(lines.at(-1)).toBe('… and 8 more files');
  });

  it('says what is wrong with it: errors, not warnings', () => {
    expect(errorLines(report, t)).toEqual(["this workspace's policies: a.yaml:3: wrong"]);
  });
});
