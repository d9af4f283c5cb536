import type { Translate } from '../translate';
import { excerpt } from '../approvals/visible-text';

/** What `gatehouse activate --json` says of the differences between what was edited and what is in force. */
export interface ActivationReport {
  /** Of all changes together; what is activated must still have it. */
  readonly digest: string;
  readonly changes: readonly LayerChange[];
}

/** A layer that differs from what is in force. */
export interface LayerChange {
  /** `policies:user`, `servers:workspace:<key>`, … */
  readonly layer: string;
  readonly files: readonly FileChange[];
  /** Errors among them keep the whole from being activated. */
  readonly issues: readonly {
    readonly severity: 'error' | 'warning' | 'information';
    readonly message: string;
    readonly file: string;
    readonly line: number;
  }[];
}

export interface FileChange {
  readonly change: 'added' | 'changed' | 'removed';
  /** Within the layer. */
  readonly path: string;
  /** Absolute path of the copy in force; absent for an added file. */
  readonly active?: string;
  /** Absolute path of the edited file; absent for a removed one. */
  readonly edited?: string;
}

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
