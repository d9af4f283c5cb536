/** Something in a server's text that a human should look at before accepting it. */
export type Flag =
  'invisible-characters' | 'escape-sequences' | 'control-characters' | 'bidirectional-text' | 'url';

const flagPatterns: readonly (readonly [Flag, RegExp])[] = [
  ['escape-sequences', /[\u001b\u009b]/],
  ['control-characters', /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f-\u009a\u009c-\u009f]/],
  ['bidirectional-text', /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/],
  // Tags and variation selectors can carry whole sentences that nobody sees.
  [
    'invisible-characters',
    /[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2028\u2029\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb]|[\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/u,
  ],
  ['url', /\b[a-z][a-z0-9+.-]{1,20}:\/\/|\bwww\.|\b(mailto|javascript|data):/i],
];

export function flagsOf(text: string): readonly Flag[] {
  return flagPatterns.filter(([, pattern]) => pattern.test(text)).map(([flag]) => flag);
}

/** The names of other tools that a text mentions. */
export function mentionsOf(text: string, otherTools: readonly string[]): readonly string[] {
  return otherTools.filter(
    (name) => name.length > 3 && new RegExp(`(^|[^\\w-])${escapeRegExp(name)}($|[^\\w-])`, 'i').test(text),
  );
}

/** Phrases that instruct a model and that honest descriptions hardly ever contain. */
const hijacking =
  /\b(ignore|disregard|forget|override) (all|any|every|previous|prior|the|other|what|these|those)\b|\b(do not|don't|never|without) (tell|mention|inform|reveal|show|ask|telling|mentioning|informing|asking)\b|\bsecretly\b|\bsystem prompt\b|<\/?(system|important|instructions?|assistant|user|secret)\b|\b(before|after|whenever|when|every time) (you )?(use|using|call|calling|run|running) (this|any|another|other|the other)\b|\b(private|ssh|api) keys?\b|\bid_(rsa|ed25519)\b|~\/\.\w|\bcredentials?\b|\bsidenote\b/i;

/** True if a text contains a phrase that is typical of prompt injection. A hint for the reviewer, not a filter. */
export function instructsModel(text: string): boolean {
  return hijacking.test(text);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
