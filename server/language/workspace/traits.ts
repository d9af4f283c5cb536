/** The role of a file, found from its text without parsing it. */
export interface Traits {
  /**
   * `policy`: it says that it is a Cerbos policy. `suite`: it looks like a test suite. `foreign`: it says that it is
   * something else, such as a Kubernetes manifest. `plain`: it says nothing.
   */
  readonly content: 'policy' | 'suite' | 'foreign' | 'plain';
  /** For policies: what they are about, such as `resource album default acme`. */
  readonly subjects: readonly string[];
}

const cerbos = /^[ \t]*["']?apiVersion["']?[ \t]*:[ \t]*["']?api\.cerbos\.dev\//m;
const cerbosInline = /^[ \t]*\{[^\n]*["']?apiVersion["']?[ \t]*:[ \t]*["']?api\.cerbos\.dev\//m;
const versioned = /^["']?apiVersion["']?[ \t]*:[ \t]*\S/m;
const kinded = /^["']?kind["']?[ \t]*:[ \t]*\S/m;
const tests = /^["']?tests["']?[ \t]*:/m;
const cerbosSchema = /yaml-language-server:[ \t]*\$schema=\S*cerbos/;

const suiteName = /_test\.(ya?ml|json)$/i;

/** Looks a file over. Linear in the length of the text. */
export function traitsOf(path: string, text: string): Traits {
  if (cerbos.test(text) || cerbosInline.test(text)) {
    return { content: 'policy', subjects: text.split(/^---.*$/m).flatMap(subjectOf) };
  }
  if (suiteName.test(path) && tests.test(text)) {
    return { content: 'suite', subjects: [] };
  }
  if (cerbosSchema.test(text)) {
    return { content: 'plain', subjects: [] };
  }
  return { content: versioned.test(text) && kinded.test(text) ? 'foreign' : 'plain', subjects: [] };
}

/** True for a policy or a test suite. */
export function isPolicy(path: string, text: string): boolean {
  const { content } = traitsOf(path, text);
  return content === 'policy' || content === 'suite';
}

export function sameTraits(a: Traits, b: Traits): boolean {
  return (
    a.content === b.content &&
    a.subjects.length === b.subjects.length &&
    a.subjects.every((subject, at) => subject === b.subjects[at])
  );
}

const header =
  /^(resource|principal|role)Policy[ \t]*:|^(derivedRoles|exportVariables|exportConstants)[ \t]*:/m;

function subjectOf(document: string): readonly string[] {
  const found = header.exec(document);
  if (found === null) {
    return [];
  }
  const body = document.slice(found.index + found[0].length);
  const value = (key: string): string => {
    const line = new RegExp(`^[ \\t]+${key}[ \\t]*:[ \\t]*(\\S[^\\n#]*)`, 'm').exec(body);
    return (line?.[1] ?? '').trim().replace(/^(["'])(.*)\1$/, '$2');
  };
  const kind = found[1] ?? found[2] ?? '';
  const name = value(found[1] ?? 'name');
  return name === '' ? [] : [`${kind} ${name} ${value('version')} ${value('scope')}`];
}
