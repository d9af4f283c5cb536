import type { ActivationReport } from '../../server/protocol';
import type { Translate } from '../translate';
import { excerpt } from '../approvals/visible-text';

const mostLines = 12;

/** Whose layer it is, and of what, for people. */
export function layerName(layer: string, t: Translate): string {
  const [kind, whose] = layer.split(':');
  if (kind === 'policies') {
    return whose === 'user' ? t('your policies') : t("this workspace's policies");
  }
  return whose === 'user' ? t('your guarded servers') : t("this workspace's guarded servers");
}

/** What a person is about to activate, a line a file. */
export function changeLines({ changes }: ActivationReport, t: Translate): string[] {
  const lines = changes.flatMap(({ files, layer }) =>
    files.map(({ change, path }) => {
      const words = { added: t('added'), changed: t('changed'), removed: t('removed') };
      return `${layerName(layer, t)}: ${excerpt(path, 80)} (${words[change]})`;
    }),
  );
  const left = lines.length - mostLines;
  return left > 0 ? [...lines.slice(0, mostLines), t('… and {0} more files', left)] : lines;
}

/** What keeps the changes from being activated. */
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
