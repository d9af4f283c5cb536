/** Colors for text on a terminal. */
export interface Paint {
  readonly heading: (text: string) => string;
  readonly file: (text: string) => string;
  readonly position: (text: string) => string;
  readonly name: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly good: (text: string) => string;
  readonly action: (text: string) => string;
}

/** The colors that the `cerbos` binary uses, or none. @param escape what is written for ESC */
export function paint(enabled: boolean, escape = '\u001b'): Paint {
  const color = (codes: string) => (text: string) =>
    enabled ? `${escape}[${codes}m${text}${escape}[0m` : text;
  return {
    heading: color('97;1'),
    file: color('34'),
    position: color('32'),
    name: color('36'),
    bad: color('31'),
    good: color('32'),
    action: color('33'),
  };
}
