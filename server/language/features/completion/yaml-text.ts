const plain = /^[A-Za-z_/][\w./:@-]*$/;
const reserved = /^(true|false|null|yes|no|on|off|y|n)$/i;

/** A text as YAML, quoted where it must be, in brackets as well as outside. */
export function yamlText(text: string): string {
  return plain.test(text) && !reserved.test(text) && !text.endsWith(':') ? text : JSON.stringify(text);
}
