/** A value in a text of tags, with the name of the tag or attribute that holds it. */
interface MarkedText {
  readonly name: string;
  readonly text: string;
}

const mostValues = 512;
/** Pages are read by people; what they link to is not handed over. */
const page =
  /<(!doctype html|html|head|body|div|p|span|a|ul|ol|li|table|svg|script|style|h[1-6]|img|br|section|nav|main)\b/i;

/**
 * The values of attributes and elements of a text that is XML, or of tags such as models write; undefined if it is
 * none, or a page in HTML.
 */
export function markedTexts(text: string): readonly MarkedText[] | undefined {
  if (!/^\s*<[A-Za-z?!_]/.test(text) || page.test(text.slice(0, 4096))) {
    return undefined;
  }
  const values: MarkedText[] = [];
  let name = '';
  // Between one `<` and the next: a tag, and the text behind it.
  for (const part of text.split('<')) {
    const end = part.indexOf('>');
    const tag = end < 0 ? part : part.slice(0, end);
    name = /^[A-Za-z_][\w:.-]*/.exec(tag)?.[0] ?? name;
    let named = name;
    for (const [, attribute = '', double, single] of tag.matchAll(
      /(?<![\w:.-])([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g,
    )) {
      const value = double ?? single ?? '';
      values.push({ name: attribute, text: value });
      // `<parameter name="path">…`: the attribute names what the element holds.
      named = attribute === 'name' ? value : named;
    }
    const inner = decoded((end < 0 ? '' : part.slice(end + 1)).replace(/^!\[CDATA\[/, ''));
    values.push({ name: named, text: inner.trim() });
    const data = /^!\[CDATA\[([^\]]*)/.exec(part)?.[1];
    if (data !== undefined) {
      values.push({ name, text: data.trim() });
    }
    if (values.length > mostValues) {
      break;
    }
  }
  return values
    .filter((value) => value.text !== '')
    .map((value) => ({ ...value, text: decoded(value.text) }));
}

function decoded(text: string): string {
  return text
    .replace(/&#(\d{1,7});/g, (_, code: string) => fromCode(Number(code)))
    .replace(/&#x([0-9a-f]{1,6});/gi, (_, code: string) => fromCode(parseInt(code, 16)))
    .replace(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => entities[entity] ?? '');
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function fromCode(code: number): string {
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
}
