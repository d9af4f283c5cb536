// Two libraries of macros that the specification's tests use are not in Cerbos' environment: `proto.getExt` and
// `proto.hasExt`, and `cel.block`, with which cel-go's optimizer writes what it found in common. Both only spell what
// the language has already; the tests are run with what they stand for.

/** Writes `cel.block([a, b], body)` as nested `cel.bind`, and `proto.getExt(msg, name)` as `` msg.`name` ``. */
export function expandTestMacros(text: string): string {
  const plain = text
    .replace(/\bproto\.getExt\((\w+), ([\w.]+)\)/g, '$1.`$2`')
    .replace(/\bproto\.hasExt\((\w+), ([\w.]+)\)/g, 'has($1.`$2`)')
    .replace(/\bcel\.index\((\d+)\)/g, 'index_$1')
    .replace(/\bcel\.iterVar\((\d+), (\d+)\)/g, 'iterVar_$1_$2')
    .replace(/\bcel\.accuVar\((\d+), (\d+)\)/g, 'accuVar_$1_$2');
  const block = /^cel\.block\((\[[^]*)\)$/.exec(plain.trim());
  if (!block) {
    return plain;
  }
  const [list = '', body = ''] = splitAtCommas(block[1]!);
  const named = splitAtCommas(list.slice(1, -1));
  return named.reduceRight((inner, value, index) => `cel.bind(index_${index}, ${value}, ${inner})`, body);
}

/** The parts between the commas that are in no brackets and no quotes. */
function splitAtCommas(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const token of text.match(/"[^"]*"|'[^']*'|[^]/g) ?? []) {
    depth += /^[([{]$/.test(token) ? 1 : /^[)\]}]$/.test(token) ? -1 : 0;
    if (token === ',' && depth === 0) {
      parts.push('');
    } else {
      parts.push(`${parts.pop() ?? ''}${token}`);
    }
  }
  return parts.map((part) => part.trim());
}
