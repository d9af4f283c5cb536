import { isAlias, isCollection, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import type { CST, Document, Node, ParsedNode, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type {
  ScalarStyle,
  Span,
  YamlDocument,
  YamlEntry,
  YamlError,
  YamlFile,
  YamlNode,
  YamlScalar,
} from './node';
import { oneColumnOn } from '../position';
import { readCommonForm } from './common-form';
import { plainScalar } from './scalar';
import { ScalarReadings } from './scalar-readings';

/** Larger files are refused unread: no policy written by a person comes near. */
export const maxFileLength = 4 * 1024 * 1024;
/** Deeper nesting is refused. */
const maxDepth = 200;

/**
 * Reads YAML (or JSON, which is YAML) into a tree with offsets. Never throws; whatever could be read is there, beside the
 * errors. Aliases stay aliases, so the tree is never larger than the text.
 */
export function parseYaml(text: string): YamlFile {
  if (text.length > maxFileLength) {
    return refused(text, `more than ${maxFileLength / (1024 * 1024)} MiB long`);
  }
  const depth = flowDepth(text);
  if (depth > maxDepth) {
    return refused(text, `nested more than ${maxDepth} levels deep`);
  }
  return readCommonForm(text) ?? readAnyForm(text);
}

/** As {@link parseYaml}, for a text that is short enough and whose brackets do not nest too deeply. */
export function readAnyForm(text: string): YamlFile {
  try {
    const readings = new ScalarReadings(text);
    const parsed = parseAllDocuments(readings.masked, {
      keepSourceTokens: true,
      logLevel: 'silent',
      merge: false,
      prettyErrors: false,
      strict: true,
      stringKeys: false,
      uniqueKeys: false,
      version: '1.2',
    });
    const documents = Array.isArray(parsed) ? parsed : [];
    const reader = new Reader(text, readings);
    return { documents: documents.map((document) => reader.document(document)), errors: reader.finish() };
  } catch (error) {
    if (error instanceof RangeError || error instanceof TooDeep) {
      return refused(text, 'nested too deeply');
    }
    throw error;
  }
}

const byteOrderMark = 'the file begins with a byte order mark; save it as UTF-8 without one';
const ambiguous =
  'YAML readers do not agree on what is meant here; put it in quotes, or indent it with spaces';

class TooDeep extends Error {}

function refused(text: string, why: string): YamlFile {
  const error: YamlError = {
    code: 'too-large',
    message: `the file is ${why}; split it into smaller files`,
    start: 0,
    end: Math.min(text.length, 1),
    mark: 0,
  };
  return { documents: [], errors: [error] };
}

/** An upper bound of how deep brackets nest, so that hostile nesting never reaches the recursive reader. */
function flowDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x7b) {
      deepest = Math.max(deepest, ++depth);
    } else if ((code === 0x5d || code === 0x7d) && depth > 0) {
      depth--;
    }
  }
  return deepest;
}

class Reader {
  readonly errors: YamlError[] = [];
  readonly #text: string;
  readonly #anchors = new Map<string, YamlNode>();
  readonly #quoted: YamlScalar[] = [];
  readonly #readings: ScalarReadings;
  /** Errors that are reported only if the document has another error, too. */
  readonly #doubted: Document.Parsed['errors'][number][] = [];
  /** How many pairs of braces surround what is being read. */
  #braces = 0;

  constructor(text: string, readings: ScalarReadings) {
    this.#text = text;
    this.#readings = readings;
  }

  document(document: Document.Parsed): YamlDocument {
    const [start, end] = document.range;
    const contents = document.contents;
    const empty =
      contents === null || (isScalar(contents) && contents.source === '' && contents.anchor === undefined);
    const root = empty ? undefined : this.#node(contents, 0);
    for (const error of document.errors) {
      this.#report(error);
    }
    if (document.errors.length > 0) {
      this.#reportTextBehindQuotes();
    }
    return { start, end, root };
  }

  /** All errors, when all documents were read. */
  finish(): readonly YamlError[] {
    const { error, unlike } = this.#readings;
    const [first] = unlike;
    if (this.errors.length > 0 || error || first) {
      for (const each of this.#doubted) {
        this.#reportFault(each);
      }
    }
    if (this.#text.startsWith('\uFEFF')) {
      this.#refuse(byteOrderMark, { start: 0, end: 1 });
    } else if (this.errors.length > 0) {
      return this.errors;
    } else if (error) {
      this.#refuse(error.message, error);
    } else if (first) {
      this.#refuse(ambiguous, first);
    }
    return this.errors;
  }

  #refuse(message: string, { start, end }: Span): void {
    this.errors.push({ code: 'yaml-syntax', message, start, end, mark: start });
  }

  #report(error: Document.Parsed['errors'][number]): void {
    if (isHarmless(error)) {
      this.#doubted.push(error);
    } else {
      this.#reportFault(error);
    }
  }

  #reportFault({ code, message, pos: [start, end] }: Document.Parsed['errors'][number]): void {
    // `cerbos 0.55` reports a missing quote where the text begins, not where it should have ended.
    const open =
      code === 'MISSING_CHAR' ? this.#quoted.findLast((scalar) => scalar.start <= start) : undefined;
    const mark = open !== undefined && open.end >= start ? open.start : start;
    this.errors.push({ code: 'yaml-syntax', message, start, end: Math.max(start, end), mark });
  }

  /** A value that starts with a quote is all within quotes: `"a" == R.attr.x` is a common mistake. */
  #reportTextBehindQuotes(): void {
    for (const { start, end } of this.#quoted) {
      const lineEnd = this.#text.indexOf('\n', end);
      const rest = this.#text.slice(end, lineEnd < 0 ? this.#text.length : lineEnd).trim();
      if (rest === '' || /^[#,:\]}]/.test(rest)) {
        continue;
      }
      const message = 'invalid YAML string: use a literal or folded block for strings containing quotes';
      this.errors.push({ code: 'yaml-syntax', message, start, end: end + rest.length, mark: start });
    }
  }

  #node(node: Node | null, depth: number, fallback = 0): YamlNode {
    if (depth > maxDepth) {
      throw new TooDeep();
    }
    const [start, end] = node?.range ?? [fallback, fallback];
    if (node === null) {
      return this.#empty(fallback);
    }
    if (isAlias(node)) {
      this.#readings.name(node.source, { start, end });
      return {
        kind: 'alias',
        name: node.source,
        target: this.#anchors.get(node.source),
        start,
        end,
        mark: start,
      };
    }
    const anchor = isCollection(node) || isScalar(node) ? node.anchor : undefined;
    const mark = anchor === undefined ? undefined : this.#anchorMark(start);
    if (anchor !== undefined) {
      this.#readings.name(anchor, { start, end });
    }
    const read = isMap(node)
      ? this.#map(node, depth, start, end)
      : isSeq(node)
        ? this.#sequence(node, depth, start, end)
        : this.#scalar(node as Scalar.Parsed, start, end);
    if (anchor === undefined) {
      return read;
    }
    if (this.#anchors.has(anchor)) {
      const message = `duplicate anchor definition "${anchor}"; give each its own name`;
      const at = mark ?? start;
      this.errors.push({ code: 'duplicate-anchor', message, start: at, end: start, mark: at });
    }
    // An alias stands for the value alone, without its name.
    this.#anchors.set(anchor, read);
    return { ...read, anchor, mark: mark ?? read.mark };
  }

  #map(node: YAMLMap, depth: number, start: number, end: number): YamlNode {
    const flow = node.flow === true;
    const braces = this.#braces;
    if (flow) {
      this.#braces++;
    }
    if (flow) {
      this.#readings.brackets(start, end);
    }
    let mark = flow ? this.#text.indexOf('{', start) : -1;
    const entries: YamlEntry[] = [];
    for (const pair of node.items) {
      const source = (pair as { srcToken?: CST.CollectionItem }).srcToken;
      const colon = source?.sep?.find((token) => token.type === 'map-value-ind')?.offset;
      if (mark < 0) {
        mark = colon ?? start;
      }
      const key = this.#node(pair.key as ParsedNode | null, depth + 1, source?.start[0]?.offset ?? start);
      entries.push({
        key,
        value: this.#node(
          pair.value as ParsedNode | null,
          depth + 1,
          colon === undefined ? key.end : colon + 1,
        ),
      });
    }
    this.#braces = braces;
    return { kind: 'map', flow, entries, start, end, mark: mark < 0 ? start : mark };
  }

  #sequence(node: YAMLSeq, depth: number, start: number, end: number): YamlNode {
    const flow = node.flow === true;
    if (flow) {
      this.#readings.brackets(start, end);
    }
    const mark = flow ? this.#text.indexOf('[', start) : start;
    const dashes = flow ? [] : dashesOf(node);
    const items = node.items.map((item, index) => {
      const dash = dashes[index];
      if (dash !== undefined && isMissing(item)) {
        return { ...this.#empty(dash + 1), mark: this.#markOfMissing(dash) };
      }
      const split =
        flow && this.#braces > 0 && isScalar(item) ? this.#splitAtColon(item as Scalar.Parsed) : undefined;
      return split ?? this.#node(item as ParsedNode | null, depth + 1, start);
    });
    return { kind: 'sequence', flow, items, start, end, mark: mark < 0 ? start : mark };
  }

  /**
   * Where `cerbos 0.55` sees an item that is missing: behind its dash, and one column further on if nothing follows.
   */
  #markOfMissing(dash: number): number {
    const isLast = /^(\s|#.*)*$/.test(this.#text.slice(dash + 1));
    return dash + 1 + (isLast ? oneColumnOn : 0);
  }

  /**
   * Within braces, `cerbos 0.55` takes each colon of an item in brackets for the end of a key, whatever follows it,
   * unless that is a slash: `{actions: [view:public]}` has a list of a map.
   */
  #splitAtColon(item: Scalar.Parsed): YamlNode | undefined {
    const [start, end] = item.range;
    const colon = item.type === 'PLAIN' ? (/:(?!\/)/.exec(item.source)?.index ?? 0) : 0;
    if (colon === 0) {
      return undefined;
    }
    const at = start + colon;
    const after = this.#text.slice(at + 1, end);
    if (after.startsWith('*')) {
      const message = 'a colon ends a key within braces, and a star begins an alias; use quotes';
      this.errors.push({ code: 'yaml-syntax', message, start: at + 1, end, mark: at + 2 });
    }
    const part = (start: number, end: number): YamlScalar => {
      const text = this.#text.slice(start, end);
      const value = this.#readings.at(start, 'plain', end) ?? plainScalar(text);
      return { kind: 'scalar', style: 'plain', ...value, text, start, end, mark: start };
    };
    const entries = [{ key: part(start, at), value: part(at + 1, end) }];
    return { kind: 'map', flow: false, entries, start, end, mark: at };
  }

  #scalar(node: Scalar.Parsed, start: number, end: number): YamlNode {
    const text = this.#text.slice(start, end);
    const style = styles[node.type ?? 'PLAIN'] ?? 'plain';
    if (node.tag !== undefined && text === '') {
      this.#readings.differ({ start: start - 1, end });
    }
    const typed = this.#readings.at(start, style, end) ?? plainScalar(node.source);
    const scalar: YamlScalar = { kind: 'scalar', style, ...typed, text, start, end, mark: start };
    if (style === 'single' || style === 'double') {
      this.#quoted.push(scalar);
    }
    return scalar;
  }

  #empty(at: number): YamlScalar {
    return {
      kind: 'scalar',
      style: 'plain',
      type: 'Null',
      value: null,
      text: '',
      start: at,
      end: at,
      mark: at,
    };
  }

  /** The offset of the `&` before a node. */
  #anchorMark(start: number): number {
    const at = this.#text.lastIndexOf('&', start);
    return at < 0 ? start : at;
  }
}

/**
 * True for errors of the YAML library that `cerbos 0.55` does not report. The meaning is certain if both see the same
 * scalars and brackets.
 */
function isHarmless({ code, message }: Document.Parsed['errors'][number]): boolean {
  if (code === 'UNEXPECTED_TOKEN') {
    return message.startsWith('Block scalar header includes extra characters');
  }
  if (code === 'BAD_INDENT') {
    return message.startsWith('Flow ');
  }
  return ['BAD_DQ_ESCAPE', 'BAD_SCALAR_START', 'TAB_AS_INDENT'].includes(code);
}

/** Where the dashes of a block sequence stand. */
function dashesOf({ srcToken }: YAMLSeq): readonly (number | undefined)[] {
  if (srcToken?.type !== 'block-seq') {
    return [];
  }
  return srcToken.items.map(({ start }) => start.find(({ type }) => type === 'seq-item-ind')?.offset);
}

function isMissing(item: unknown): boolean {
  if (isScalar(item) && item.type !== 'PLAIN') {
    return false;
  }
  return isScalar(item) && item.source === '' && item.anchor === undefined && item.tag === undefined;
}

const styles: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};
