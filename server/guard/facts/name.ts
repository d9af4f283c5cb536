import { noEvidence } from './effect';
import type { CallEvidence, EffectKind, Evidence } from './effect';
import { lexicon, permissionObjects } from './lexicon';
import type { Verb } from './lexicon';
import { wordsOf } from './words';

/** A verb found in a name, with the word that it was found as. */
interface FoundVerb {
  readonly word: string;
  readonly verb: Verb;
  readonly index: number;
}

/** Words after which a name says a second thing: `get_or_create`, `read_and_delete`. */
const conjunctions = new Set(['and', 'or', 'then']);

/** Titles are read as far as they can be names. */
const mostWords = 16;

/** Evidence of a name; `general` if an argument may say more exactly what is done. */
export interface NameEvidence extends CallEvidence {
  readonly general: boolean;
}

/**
 * The effect that a tool's name and title speak of. A reading verb in front makes what follows an object
 * (`list_deleted_items`); otherwise each verb counts, so that the gravest does.
 */
export function nameEvidence(name: string, title: string | undefined): NameEvidence {
  const fromName = evidenceOf(name, 'name');
  const fromTitle = title === undefined || title === name ? [] : evidenceOf(title, 'title');
  const found = [...fromName, ...fromTitle];
  if (found.length === 0) {
    return { ...noEvidence, general: false };
  }
  const evidence = found.map(({ evidence: one }) => one);
  return {
    evidence: uniqueByKind(evidence),
    loses: found.some(({ loses }) => loses),
    covers: 'some',
    targets: [],
    general: fromName.every(({ general }) => general),
  };
}

interface NamedEffect {
  readonly evidence: Evidence;
  readonly loses: boolean;
  readonly general: boolean;
}

function evidenceOf(text: string, part: 'name' | 'title'): readonly NamedEffect[] {
  const words = wordsOf(text).slice(0, mostWords);
  const found = clauses(words).flatMap((clause) => verbsOf(clause));
  const permits = words.some((word) => permissionObjects.has(word));
  return found.map(({ verb, word }) => ({
    evidence: {
      kind: permits && changesPermissions.has(verb.kind) ? 'permit' : verb.kind,
      from: 'name',
      text: `the ${part} says "${word}"`,
    },
    loses: verb.loses === true,
    general: verb.general === true || verb.weak === true,
  }));
}

/** Deleting a permission changes who may do what, and loses something: it counts as deleting, the graver of the two. */
const changesPermissions: ReadonlySet<EffectKind> = new Set(['create', 'change', 'send']);

function clauses(words: readonly string[]): readonly (readonly string[])[] {
  const found: string[][] = [[]];
  for (const word of words) {
    if (conjunctions.has(word)) {
      found.push([]);
    } else {
      found.at(-1)?.push(word);
    }
  }
  return found;
}

/** The verbs of one clause that count. */
function verbsOf(words: readonly string[]): readonly FoundVerb[] {
  const found = words.flatMap((word, index): readonly FoundVerb[] => {
    const verb = verbOf(word);
    return verb === undefined ? [] : [{ word, verb, index }];
  });
  const clear = found.filter(({ verb }) => verb.weak !== true);
  const first = clear[0];
  if (first === undefined) {
    // A name of nothing but possible nouns: the first is the deed (`comment_on_issue`), the last one if it is a suffix.
    return found.slice(0, 1);
  }
  const leading = found[0];
  // `mark_notifications_read`, `close_and_list`: a weak verb in front is the deed, what follows its object.
  if (leading?.index === 0 && leading !== first && first.verb.kind === 'read') {
    return [leading];
  }
  if (first.verb.kind === 'read') {
    return [first];
  }
  // In `cancel_workflow_run` the run is a thing.
  return clear.filter(({ verb }, index) => verb.kind !== 'read' && (index === 0 || verb.general !== true));
}

/** A verb in its base form or inflected (`deletes`, `removing`), or run together with its object (`deletefile`). */
function verbOf(word: string): Verb | undefined {
  return lexicon.get(word) ?? inflected(word) ?? runTogether(word);
}

/** Weak words only count as they are: `comments` are things. Participles (`deleted`) tell of what was done. */
function inflected(word: string): Verb | undefined {
  for (const stem of stemsOf(word)) {
    const verb = lexicon.get(stem);
    if (verb !== undefined && verb.weak !== true) {
      return verb;
    }
  }
  return undefined;
}

function stemsOf(word: string): readonly string[] {
  if (word.endsWith('ing') && word.length > 5) {
    const stem = word.slice(0, -3);
    return [stem, `${stem}e`, ...(stem.at(-1) === stem.at(-2) ? [stem.slice(0, -1)] : [])];
  }
  if (word.endsWith('ies') && word.length > 4) {
    return [`${word.slice(0, -3)}y`];
  }
  if (word.endsWith('s') && word.length > 3) {
    return [word.slice(0, -1), ...(/(?:ch|sh|s|x|z|o)es$/.test(word) ? [word.slice(0, -2)] : [])];
  }
  return [];
}

/** Of verbs this long, no other English word begins or ends with one by chance. */
const shortestRunTogether = 5;

const shortestThing = 3;

/** Things that names run together with short verbs: `rmfile`, `getuser`, `droptable`. */
const things =
  '(files?|dirs?|director(y|ies)|folders?|paths?|tables?|db|databases?|schemas?|collections?|columns?|rows?|records?|keys?|values?|users?|accounts?|items?|objects?|entit(y|ies)|nodes?|docs?|documents?|issues?|repos?|repositor(y|ies)|branch(es)?|messages?|posts?|events?|all|tree|data|by(id|name)|info|list|content|text|page|url)';
const verbThenThing = new RegExp(`^([a-z]{2,4}?)${things}$`);
const thingThenVerb = new RegExp(`^${things}([a-z]{3,4})$`);

function runTogether(word: string): Verb | undefined {
  for (let length = word.length - shortestThing; length >= shortestRunTogether; length--) {
    const verb = longVerb(word.slice(0, length)) ?? longVerb(word.slice(-length));
    // `create` at the end of `recreate` is no other verb; `undelete` does not delete.
    if (verb !== undefined && !word.startsWith('un')) {
      return verb;
    }
  }
  const short = verbThenThing.exec(word)?.[1] ?? thingThenVerb.exec(word)?.at(-1);
  const verb = short === undefined ? undefined : lexicon.get(short);
  return verb?.weak === true ? undefined : verb;
}

/** Reading verbs are the beginning of too many other words (`listener`, `viewport`), and excuse what follows. */
function longVerb(word: string): Verb | undefined {
  const verb = word.length >= shortestRunTogether ? lexicon.get(word) : undefined;
  return verb === undefined || verb.weak === true || verb.kind === 'read' ? undefined : verb;
}

function uniqueByKind(evidence: readonly Evidence[]): readonly Evidence[] {
  return evidence.filter(({ kind }, index) => evidence.findIndex((other) => other.kind === kind) === index);
}
