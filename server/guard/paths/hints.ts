import type { JsonObject, JsonValue } from '../../protocol';

/**
 * The meaning of an argument's strings, by its name or schema. `exact`: they are paths, whatever they look like.
 * `loose`: they may be, so that anything with a separator counts. `command`: paths may stand among other words. `text`:
 * they are something else, so that even what looks like a path counts only if something is there.
 */
export type Hint = 'exact' | 'loose' | 'command' | 'text' | 'none';

const exact = wordSet(
  'path paths pathname pathnames filepath filepaths filename filenames file files dir dirs directory directories ' +
    'folder folders cwd workdir basedir rootdir root roots uri uris dirname',
);
const loose = wordSet(
  'source sources destination destinations src dest dst target targets from to location locations workspace input ' +
    'output base link symlink mount volume glob globs document documents attachment attachments',
);
const text = wordSet(
  'content contents text texts body message messages code comment comments description summary title prompt question ' +
    'query pattern patterns regex regexp search snippet replacement str string data value markdown html',
);
const command = wordSet(
  'command commands cmd cmds args argv arguments script shell exec flags options params',
);

/** The hint of an argument's name: `path`, `file_paths` and `sourceDir` are paths, `file_content` is not. */
function nameHint(name: string): Exclude<Hint, 'none'> | undefined {
  const all = words(name);
  const last = all.at(-1);
  if (last !== undefined && text.has(last)) {
    return 'text';
  }
  const kinds = { exact, command, loose } as const;
  const order = ['exact', 'command', 'loose'] as const;
  return order.find((kind) => all.some((word) => kinds[kind].has(word)));
}

const pathFormats = new Set(['path', 'file-path', 'filepath', 'directory-path', 'file', 'directory']);
const describesPath = /\b(path|file ?name|director(y|ies)|folders?)\b/i;

/** A hint of an argument's JSON schema: its format, or the words of its title and description. */
function schemaHint(schema: JsonValue | undefined): 'exact' | 'loose' | undefined {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    return undefined;
  }
  const { description, format, title } = schema as JsonObject;
  if (typeof format === 'string' && pathFormats.has(format)) {
    return 'exact';
  }
  const says = [title, description].some((text) => typeof text === 'string' && describesPath.test(text));
  return says || format === 'uri' || format === 'uri-reference' ? 'loose' : undefined;
}

/** The hint of an object's member: what its schema and its name say, else what it is a part of. */
export function hintOf(key: string, schema: JsonValue | undefined, outer: Hint): Hint {
  const fromSchema = schemaHint(schema);
  if (fromSchema === 'exact') {
    return 'exact';
  }
  const fromName = nameHint(key);
  if (fromName !== undefined && !(fromName === 'text' && fromSchema === 'loose')) {
    return fromName;
  }
  return fromSchema ?? (outer === 'exact' ? 'loose' : outer);
}

/** `oldFilePath`, `old_file_path` and `old-file-path` are three words. */
export function words(name: string): readonly string[] {
  return (
    name
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      // Looks ahead instead of repeating: names may be megabytes long.
      .replace(/([A-Z])(?=[A-Z][a-z])/g, '$1 ')
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((word) => word !== '')
  );
}

function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
