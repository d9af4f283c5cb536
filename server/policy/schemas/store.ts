import type { LineIndex } from '../position';
import type { ParsedFile } from '../parse/parsed';
import type { Span } from '../yaml/node';
import { ElsewhereFailure, SchemaCompiler, SchemaFailure } from './compiler';
import { JsonProblem, readJson } from './json/json';
import type { JsonNode } from './json/json';
import type { Draft } from './documents/keywords';
import { metaschemaOf, vocabularyAt } from './metaschemas';
import { schemaFileOf } from './documents/reference';
import { Resource, declaredDraft, vocabulariesOf } from './documents/resource';
import type { Schema } from './schema';

/** The folder at the root of a policy set that schemas are in. */
export const schemasFolder = '_schemas';

/** Why a policy cannot have the schema that it refers to. */
interface SchemaProblemAt {
  readonly message: string;
  /**
   * True if the schema would have to be fetched. Cerbos fetches it; this engine never does, so it cannot tell that the
   * schema is wrong.
   */
  readonly isElsewhere?: boolean;
  /** The place in a schema file that is at fault. */
  readonly at?: { readonly file: { readonly path: string; readonly lines: LineIndex }; readonly span: Span };
}

/** The schemas among a set's files; what was worked out before is taken over if the files have not changed. */
export function schemaStoreOf(files: readonly ParsedFile[], previous?: SchemaStore): SchemaStore {
  const prefix = `${schemasFolder}/`;
  const schemas = new Map<string, ParsedFile>();
  for (const file of files) {
    if (file.path.startsWith(prefix)) {
      schemas.set(file.path.slice(prefix.length), file);
    }
  }
  return previous?.has(schemas) === true ? previous : new SchemaStore(schemas);
}

/** The schemas of a policy set, by their names in the folder of schemas. Files are read and schemas compiled when a policy first refers to them. */
export class SchemaStore {
  readonly #files: ReadonlyMap<string, ParsedFile>;
  readonly #resources = new Map<string, Resource>();
  readonly #loaded = new Map<string, Schema | SchemaProblemAt>();
  readonly #compiler = new SchemaCompiler({ load: (url) => this.#resource(url), metaschema: metaschemaOf });

  constructor(files: ReadonlyMap<string, ParsedFile>) {
    this.#files = files;
  }

  /** True if the store was made from these very files. */
  has(files: ReadonlyMap<string, ParsedFile>): boolean {
    return (
      files.size === this.#files.size && [...files].every(([name, file]) => this.#files.get(name) === file)
    );
  }

  /** The schema that a policy refers to, such as `cerbos:///album.json`, or what keeps it from being used. */
  load(reference: string): Schema | SchemaProblemAt {
    const known = this.#loaded.get(reference);
    if (known) {
      return known;
    }
    const loaded = this.#compile(reference);
    this.#loaded.set(reference, loaded);
    return loaded;
  }

  #compile(reference: string): Schema | SchemaProblemAt {
    try {
      return this.#compiler.compile(reference);
    } catch (error) {
      if (error instanceof RangeError) {
        return { message: 'its schemas refer to each other too deeply' };
      }
      if (!(error instanceof SchemaFailure)) {
        throw error;
      }
      const isElsewhere = error instanceof ElsewhereFailure;
      return { message: error.message, isElsewhere, ...this.#located(error.at) };
    }
  }

  #located(at: SchemaFailure['at']): Pick<SchemaProblemAt, 'at'> {
    const file = at && this.#fileOf(at.resource);
    return at && file ? { at: { file, span: { start: at.node.start, end: at.node.end } } } : {};
  }

  #fileOf(url: string): ParsedFile | undefined {
    const loadedFrom = [...this.#resources].find(([, resource]) => resource.url === url)?.[0] ?? url;
    return this.#files.get(schemaFileOf(loadedFrom) ?? '');
  }

  #resource(url: string): Resource {
    const known = this.#resources.get(url);
    if (known) {
      return known;
    }
    const { node, draft, vocabularies } = this.#read(url, []);
    const resource = new Resource(url, node, draft, vocabularies);
    this.#resources.set(url, resource);
    const [problem] = resource.problems;
    if (problem) {
      const where = problem.pointer === '' ? url : `${url}#${problem.pointer}`;
      throw new SchemaFailure(`${where}: ${problem.message}`, { resource: resource.url, node: problem.node });
    }
    if (resource.repeatedUrl !== undefined) {
      throw new SchemaFailure(`${url}: two schemas are called ${resource.repeatedUrl}`);
    }
    return resource;
  }

  #read(
    url: string,
    users: readonly string[],
  ): { node: JsonNode; draft: Draft; vocabularies: ReadonlySet<string> | undefined } {
    const node = this.#json(url);
    const draft = declaredDraft(node);
    if (typeof draft === 'number') {
      return { node, draft, vocabularies: undefined };
    }
    if (users.includes(url)) {
      throw new SchemaFailure(`${url}: no known draft is behind its $schema`);
    }
    const metaschema = this.#read(draft.metaschema, [...users, url]);
    return { node, draft: metaschema.draft, vocabularies: vocabulariesOf(metaschema.node) };
  }

  #json(url: string): JsonNode {
    const vocabulary = vocabularyAt(url);
    if (vocabulary) {
      return vocabulary;
    }
    const path = schemaFileOf(url);
    if (path === undefined) {
      const message = `${url} is not in this policy set; schemas are referred to as cerbos:///FILE, and none is fetched`;
      throw /^https?:/i.test(url) ? new ElsewhereFailure(message) : new SchemaFailure(message);
    }
    const file = this.#files.get(path);
    if (!file) {
      throw new SchemaFailure(`schema ${schemasFolder}/${path} does not exist`);
    }
    const node = jsonOf(file);
    if (!(node instanceof JsonProblem)) {
      return node;
    }
    const { line, column } = file.lines.lineAndColumn(node.at);
    throw new SchemaFailure(`${file.path}:${line}:${column} is not valid JSON: ${node.message}`);
  }
}

const read = new WeakMap<ParsedFile, JsonNode | JsonProblem>();

/** A file's JSON, read once, however often policies are compiled. */
function jsonOf(file: ParsedFile): JsonNode | JsonProblem {
  const known = read.get(file);
  if (known) {
    return known;
  }
  const node = readJson(file.text);
  read.set(file, node);
  return node;
}
