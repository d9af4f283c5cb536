import type { TextChange } from '../../server/protocol';
import type { Translate } from '../translate';
import { excerpt, quoted } from './visible-text';

const mostChanges = 3;
const longestPlace = 60;
const longestText = 160;

/**
 * Describes the texts of a server that differ from the accepted ones, a few lines each; the details show all of them.
 */
export function changeLines(changes: readonly TextChange[], t: Translate): string[] {
  const lines = changes
    .slice(0, mostChanges)
    .flatMap(({ after, before, place }) => [
      t('Changed: {0}', excerpt(place, longestPlace)),
      `  − ${before === undefined ? t('(nothing)') : quoted(before, longestText)}`,
      `  + ${after === undefined ? t('(nothing)') : quoted(after, longestText)}`,
    ]);
  const left = changes.length - mostChanges;
  return left > 0 ? [...lines, t('… and {0} more changes', left)] : lines;
}
