/** The part before and the part after the `#` of a URL. */
export function splitFragment(url: string): readonly [string, string] {
  const hash = url.indexOf('#');
  return hash < 0 ? [url, ''] : [url.slice(0, hash), url.slice(hash + 1)];
}

/** A reference, which comes without a fragment, as an absolute URL. */
export function resolveReference(base: string, reference: string): string {
  if (reference === '') {
    return base;
  }
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(reference)) {
    return reference;
  }
  try {
    return new URL(reference, base).href;
  } catch {
    return reference;
  }
}

/**
 * The file that a URL means, relative to the folder of schemas: only `cerbos:` URLs mean one, whatever host they name.
 * Others would have to be fetched, from a network or from outside the policy set, which never happens.
 */
export function schemaFileOf(url: string): string | undefined {
  const parts = /^cerbos:\/\/[^/?#]*\/([^?#]+)$/.exec(url);
  try {
    return parts?.[1] === undefined ? undefined : decodeURIComponent(parts[1]);
  } catch {
    return undefined;
  }
}
