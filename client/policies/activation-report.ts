import type { ActivationReport } from '../../server/protocol';
import type { Translate } from '../translate';
import { excerpt } from '../approvals/visible-text';

/** As much as a dialog shows without scrolling. */
const mostLines = 12;
/** Every layer gets this many of the lines, however many layers there are. */
const leastLines = 3;

/** Whose layer it is, and of what, for people. */
export function layerName(layer: string, t: Translate): string {
  const [kind, whose] = layer.split(':');
  if (kind === 'policies') {
    return whose === 'user' ? t('your policies') : t("this workspace's policies");
  }
  return whose === 'user' ? t('your guarded servers') : t("this workspace's guarded servers");
}

/**
 * Lists the files that a person is about to activate, layer by layer. Servers, which run programs, come first, and no
 * layer is pushed out by the files of another: one with many files says how many more there are.
 */
export function changeLines({ changes }: ActivationReport, t: Translate): string[] {
  const words = { added: t('added'), changed: t('changed'), removed: t('removed') };
  const serversFirst = changes.toSorted((a, b) => Number(isPolicies(a)) - Number(isPolicies(b)));
  const each = Math.max(leastLines, Math.floor(mostLines / Math.max(1, changes.length)));
  return serversFirst.flatMap(({ files, layer }) => {
    const name = layerName(layer, t);
    const shown = files.length > each ? files.slice(0, each - 1) : files;
    const rest = files.slice(shown.length);
    const lines = shown.map(({ change, path }) => `${name}: ${excerpt(path, 80)} (${words[change]})`);
    if (rest.length === 0) {
      return lines;
    }
    const counts = Object.entries(words).flatMap(([change, word]) => {
      const count = rest.filter((file) => file.change === change).length;
      return count === 0 ? [] : [`${count} ${word}`];
    });
    return [...lines, t('{0}: … and {1} more files ({2})', name, rest.length, counts.join(', '))];
  });
}

/** Warns of failing tests, first, and of changes to the built-in rules. */
export function warningLines({ changes }: ActivationReport, t: Translate): string[] {
  const failing = changes.flatMap(({ layer, tests }) => {
    if (tests === undefined || tests.failed === 0) {
      return [];
    }
    const first = tests.failures
      .slice(0, 3)
      .map(({ file, line, message }) => `  ✗ ${excerpt(file, 60)}:${line}: ${excerpt(message, 160)}`);
    const summary = t(
      '{0}: {1} expectations of their tests FAIL, {2} come true',
      layerName(layer, t),
      tests.failed,
      tests.passed,
    );
    return [summary, ...first];
  });
  const base = changes.flatMap((change) => {
    if (change.base === undefined) {
      return [];
    }
    const { givenUp, mode, tests } = change.base;
    if (mode === 'extended') {
      return [t('Where your policies say nothing, the built-in rules decide.')];
    }
    return [
      t(
        'Your policies REPLACE the built-in base: {0} rules are given up, and {1} of the expectations of its tests fail',
        givenUp.length,
        tests?.failed ?? 0,
      ),
      ...givenUp.map((rule) => `  ${excerpt(rule, 100)}`),
    ];
  });
  return [...failing, ...base];
}

function isPolicies({ layer }: ActivationReport['changes'][number]): boolean {
  return layer.startsWith('policies:');
}

/** Lists the errors that prevent the activation. */
export function errorLines({ changes }: ActivationReport, t: Translate): string[] {
  return changes.flatMap(({ issues, layer }) =>
    issues
      .filter(({ severity }) => severity === 'error')
      .map(
        ({ file, line, message }) =>
          `${layerName(layer, t)}: ${excerpt(file, 80)}:${line}: ${excerpt(message, 200)}`,
      ),
  );
}
