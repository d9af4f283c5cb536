const uri = /^\s*([a-z][a-z0-9+.-]+):/i;
/** Schemes that lead to the network or carry their content with them: a path in such a URI is another machine's. */
const elsewhere = new Set(
  (
    'http https ws wss ftp ftps sftp ssh git+ssh git+https git+http git ldap ldaps imap pop smtp mailto tel sms urn data ' +
    'javascript blob about cid mid magnet irc news nntp s3 gs gcs az abfs abfss wasb oci docker postgres postgresql mysql ' +
    'mariadb mongodb mongodb+srv redis rediss amqp amqps mqtt kafka nats grpc grpcs tcp udp rtsp rtmp webcal doi isbn'
  ).split(' '),
);
/** `jar:nested:fs:/x`: more schemes before one another than anybody writes are not taken apart. */
const mostNested = 2;
const plainScheme = /^[a-z][a-z0-9+.-]*$/i;

/**
 * True for a URI of a known network scheme without anything that could lead to a local file: `..`, escapes, `file:`.
 */
export function networkScheme(text: string): boolean {
  const scheme = uri.exec(text)?.[1]?.toLowerCase();
  return (
    scheme !== undefined &&
    elsewhere.has(scheme) &&
    !/(^|[\\/])\.\.([\\/]|$)|%2e|%5c|%00|\\|\0|(^|[\s+:'"(])file:/i.test(text)
  );
}

/**
 * The local paths that a URI of another scheme than `file:` may name to a server that takes it apart: `fs:///etc/passwd`,
 * `unix:/run/x.sock`, `vscode-remote://host/etc/passwd`, `jar:file:/x.jar!/y`, and any scheme that is not known. Each
 * counts only if it names something here.
 */
export function schemePaths(text: string, home: string, depth = 0): readonly string[] {
  const trimmed = text.trim();
  const scheme = uri.exec(trimmed)?.[1]?.toLowerCase();
  if (
    scheme === undefined ||
    scheme === 'file' ||
    elsewhere.has(scheme) ||
    !plainScheme.test(scheme) ||
    trimmed.length > 4096
  ) {
    return [];
  }
  const rest = trimmed.slice(scheme.length + 1);
  // `Usage: …` and `key: value` are none.
  if (/[\r\n]|^\s/.test(rest) || (/\s/.test(rest) && !/^[\\/]/.test(rest))) {
    return [];
  }
  const paths = new Set<string>();
  for (const form of new Set([rest, rest.replace(/[?#].*$/s, '')])) {
    const [, host = '', path = form] = /^[\\/]{2}([^\\/]*)(.*)$/s.exec(form) ?? [];
    paths.add(path);
    if (host !== '') {
      paths.add(host + path).add(`/${host}${path}`);
    }
    // What lies within an archive is named behind the archive: `jar:file:/x.jar!/y`.
    for (const archive of [path, host + path]) {
      if (archive.includes('!')) {
        paths.add(archive.slice(0, archive.indexOf('!')));
      }
    }
  }
  for (const path of depth < mostNested ? [...paths] : []) {
    for (const inner of schemePaths(path, home, depth + 1)) {
      paths.add(inner);
    }
  }
  if (scheme === 'vscode-userdata') {
    // Relative to the folder of the user's settings, wherever that is.
    for (const path of [...paths]) {
      paths.add(`${home}/.config/Code/${path.replace(/^[\\/]+/, '')}`);
    }
  }
  paths.delete('');
  paths.delete('/');
  return [...paths];
}

/** The query of a URI such as `git:/x?{"path":"/etc/passwd"}`, decoded, where it is JSON. */
export function queryJson(text: string): string | undefined {
  const at = text.indexOf('?');
  if (at < 0 || !uri.test(text)) {
    return undefined;
  }
  try {
    const query = decodeURIComponent(text.slice(at + 1));
    return query.startsWith('{') ? query : undefined;
  } catch {
    return undefined;
  }
}
