import type { Expression, ParsedDocument, ParsedFile } from '../../policy';
import { shapeAt } from '../cursor/shape-at';
import type { YamlCursor } from '../cursor/yaml-cursor';
import { documentShape } from '../../policy';

/** An expression in a file, and an offset in it. */
export interface CelAt {
  readonly source: string;
  /** Into `source`. */
  readonly offset: number;
  /** The expression, if the file's parser found it. */
  readonly expression?: Expression;
  /** The file's offset of an offset into `source`. */
  toFile(offset: number): number;
}

/** The expression at a file's offset. */
export function expressionAt(document: ParsedDocument | undefined, offset: number): CelAt | undefined {
  if (document?.kind !== 'policy') {
    return undefined;
  }
  for (const expression of document.expressions.values()) {
    const at = expression.toSource(offset);
    // In front of the text is a block scalar's header, or a quote.
    if (at === undefined || offset < expression.toFile(0)) {
      continue;
    }
    return { source: expression.source, offset: at, expression, toFile: (each) => expression.toFile(each) };
  }
  return undefined;
}

/** The expression at the cursor, or the one that could be begun or continued there. */
export function expressionBeingTyped(
  file: ParsedFile,
  document: ParsedDocument | undefined,
  offset: number,
  cursor: YamlCursor,
): CelAt | undefined {
  const within = expressionAt(document, offset);
  if (within !== undefined) {
    return within;
  }
  const behind =
    document?.kind === 'policy' ? expressionBefore(file, document.expressions.values(), offset) : undefined;
  if (behind !== undefined) {
    return behind;
  }
  if (cursor.inText || cursor.kind !== 'value') {
    return undefined;
  }
  const shape = shapeAt(documentShape(file.role), cursor.path)?.shape;
  if (shape?.kind !== 'text' || shape.holds !== 'cel') {
    return undefined;
  }
  const raw = file.text.slice(cursor.start, Math.max(cursor.end, offset));
  const quoted = /^["']/.test(raw) ? 1 : 0;
  const start = cursor.start + quoted;
  const source = raw.slice(quoted);
  return { source, offset: Math.max(0, offset - start), toFile: (each) => start + each };
}

/** Blanks at the end of a scalar are no part of it, but an expression goes on behind them. */
function expressionBefore(
  file: ParsedFile,
  expressions: Iterable<Expression>,
  offset: number,
): CelAt | undefined {
  let last: Expression | undefined;
  for (const each of expressions) {
    if (each.span.end <= offset && (last === undefined || each.span.end > last.span.end)) {
      last = each;
    }
  }
  if (last === undefined) {
    return undefined;
  }
  const blanks = file.text.slice(last.span.end, offset);
  const style = file.text.slice(last.span.start, last.span.start + 1);
  if (blanks.length === 0 || !/^[ \t]*$/.test(blanks) || style === "'" || style === '"') {
    return undefined;
  }
  const expression = last;
  const length = last.source.length;
  return {
    source: last.source + blanks,
    offset: length + blanks.length,
    expression,
    toFile: (each) => (each <= length ? expression.toFile(each) : expression.span.end + each - length),
  };
}
