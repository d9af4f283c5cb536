import { isJsonObject } from '../../server/protocol';
import type { JsonObject, JsonValue } from '../../server/protocol';
import type { Translate } from '../translate';
import { excerpt } from './visible-text';

const mostLines = 4;
const longestArgument = 40;
const longestPath = 240;

/**
 * Where the paths of a request lead out of the workspace, a line each: behind a link, or at the end of a text that is
 * too long for the dialog, that can't be seen from the arguments.
 * @param request the Cerbos request that was decided
 */
export function pathLines(request: JsonObject, t: Translate): string[] {
  const lines = pathsOf(request).flatMap((fact) => {
    const { argument, inWorkspace, path } = isJsonObject(fact) ? fact : {};
    if (typeof argument !== 'string' || typeof path !== 'string' || inWorkspace === true) {
      return [];
    }
    const name = excerpt(argument, longestArgument);
    return path === ''
      ? [t('{0}: it can not be told where it leads', name)]
      : [t('{0}: leads to {1}', name, excerpt(JSON.stringify(path), longestPath))];
  });
  const left = lines.length - mostLines;
  return left > 0
    ? [...lines.slice(0, mostLines), t('… and {0} more paths out of the workspace', left)]
    : lines;
}

function pathsOf({ resource }: JsonObject): readonly JsonValue[] {
  const attributes = isJsonObject(resource) ? resource['attr'] : undefined;
  const paths = isJsonObject(attributes) ? attributes['paths'] : undefined;
  return Array.isArray(paths) ? (paths as readonly JsonValue[]) : [];
}
