import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Files are known by absolute path with `/`, on Windows with a small drive letter, so that one file has one name however
 * a client writes its URI.
 * @returns undefined for URIs that are not files of this machine
 */
export function pathOfUri(uri: string): string | undefined {
  if (!uri.startsWith('file:')) {
    return undefined;
  }
  try {
    return normalPath(fileURLToPath(uri));
  } catch {
    return undefined;
  }
}

export function uriOfPath(path: string): string {
  return pathToFileURL(path).toString();
}

/** A path of the operating system in the form that {@link pathOfUri} gives. */
export function normalPath(path: string, platform: NodeJS.Platform = process.platform): string {
  if (platform !== 'win32') {
    return path.length > 1 ? path.replace(/\/+$/, '') : path;
  }
  const forward = path.replaceAll('\\', '/').replace(/\/+$/, '');
  return forward.replace(/^[A-Z]:/, (drive) => drive.toLowerCase());
}
