import { canonicalNode, canonicalValue } from '../json/canonical';
import { formats } from '../formats/formats';
import { goFormatWithoutArguments, goQuote, quote } from '../json/go-text';
import type { JsonNode } from '../json/json';
import type { KeywordReader } from '../keyword-reader';
import type { Check } from '../schema';

/** `const`, `enum` and `format`. */
export function anyValueChecks(reader: KeywordReader, validates: boolean): readonly Check[] {
  return [constCheck(reader), validates && enumCheck(reader), formatCheck(reader)].filter(
    (check) => check !== undefined && check !== false,
  );
}

function constCheck(reader: KeywordReader): Check | undefined {
  const constant = reader.node('const');
  if (!constant) {
    return undefined;
  }
  const wanted = canonicalNode(constant);
  const message = isComposite(constant) ? 'const failed' : `value must be ${literal(constant)}`;
  return (visit) => {
    if (canonicalValue(visit.value) !== wanted) {
      visit.fail(message);
    }
  };
}

function enumCheck(reader: KeywordReader): Check | undefined {
  const node = reader.node('enum');
  if (node?.kind !== 'array' || node.items.length === 0) {
    return undefined;
  }
  const allowed = new Set(node.items.map(canonicalNode));
  const message = enumMessage(node.items);
  return (visit) => {
    if (!allowed.has(canonicalValue(visit.value))) {
      visit.fail(message);
    }
  };
}

function enumMessage(items: readonly JsonNode[]): string {
  if (items.some(isComposite)) {
    return 'enum failed';
  }
  const literals = items.map(literal).join(', ');
  return goFormatWithoutArguments(
    items.length === 1 ? `value must be ${literals}` : `value must be one of ${literals}`,
  );
}

function formatCheck(reader: KeywordReader): Check | undefined {
  const name = reader.text('format') ?? '';
  const holds = formats.get(name);
  if (!holds) {
    return undefined;
  }
  return (visit) => {
    const { value } = visit;
    if (typeof value === 'string' && !holds(value)) {
      visit.fail(`${quote(value)} is not valid ${quote(name)}`);
    }
  };
}

function isComposite({ kind }: JsonNode): boolean {
  return kind === 'object' || kind === 'array';
}

/** As `cerbos 0.55` prints it: numbers are text to it, and in quotes. */
function literal(node: JsonNode): string {
  switch (node.kind) {
    case 'string':
      return goQuote(node.value);
    case 'number':
      return goQuote(node.text);
    case 'boolean':
      return String(node.value);
    default:
      return '<nil>';
  }
}
