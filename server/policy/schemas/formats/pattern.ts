import type * as Re2 from 're2js';

// RE2 takes long to load, and most schemas have no patterns.
declare const require: (name: 're2js') => typeof Re2;

/** A regular expression of a schema. Matching takes time linear in the text, whatever the pattern. */
export interface Pattern {
  readonly source: string;
  matches(text: string): boolean;
}

/** Compiles a pattern as RE2 has it; undefined if it is none. */
export function compilePattern(source: string): Pattern | undefined {
  const { RE2JS } = require('re2js');
  try {
    const compiled = RE2JS.compile(withShortCategories(source));
    return { source, matches: (text) => compiled.test(text) };
  } catch {
    return undefined;
  }
}

/** Unicode's long names of categories, which Go knows and RE2JS does not. */
const categories: Readonly<Partial<Record<string, string>>> = {
  closepunctuation: 'Pe',
  cntrl: 'Cc',
  combiningmark: 'M',
  connectorpunctuation: 'Pc',
  control: 'Cc',
  currencysymbol: 'Sc',
  dashpunctuation: 'Pd',
  decimalnumber: 'Nd',
  digit: 'Nd',
  enclosingmark: 'Me',
  finalpunctuation: 'Pf',
  format: 'Cf',
  initialpunctuation: 'Pi',
  letter: 'L',
  letternumber: 'Nl',
  lineseparator: 'Zl',
  lowercaseletter: 'Ll',
  mark: 'M',
  mathsymbol: 'Sm',
  modifierletter: 'Lm',
  modifiersymbol: 'Sk',
  nonspacingmark: 'Mn',
  number: 'N',
  openpunctuation: 'Ps',
  other: 'C',
  otherletter: 'Lo',
  othernumber: 'No',
  otherpunctuation: 'Po',
  othersymbol: 'So',
  paragraphseparator: 'Zp',
  privateuse: 'Co',
  punct: 'P',
  punctuation: 'P',
  separator: 'Z',
  spaceseparator: 'Zs',
  spacingmark: 'Mc',
  symbol: 'S',
  titlecaseletter: 'Lt',
  uppercaseletter: 'Lu',
};

function withShortCategories(source: string): string {
  return source.replace(/\\(?:[pP]\{\^?([\w -]+)\}|[\s\S])/g, (written, name: string | undefined) => {
    const short = name && categories[name.toLowerCase().replace(/[ _-]/g, '')];
    return name && short ? written.replace(name, short) : written;
  });
}
