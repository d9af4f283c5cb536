// What generated policies and requests have in common.

// Names that Cerbos restricts are the same in every set of policies, and as odd as they may be.

export const scopes = [
  '',
  'open',
  'open.in-ner',
  'open.in-ner._most_',
  'consent',
  'consent.0-inner',
  'open.strict',
] as const;
/** The one that may have policies without rules. */
export const deepestScope = 'open.in-ner._most_';
/** Scopes without which the ones below them do not compile. */
export const parentScopes: ReadonlySet<string> = new Set(['', 'open', 'open.in-ner', 'consent']);
export const consentScopes: ReadonlySet<string> = new Set(['consent', 'consent.0-inner', 'open.strict']);
export const requestScopes = [...scopes, '.', 'open.unknown', 'elsewhere', 'consent.0-inner.x'] as const;

export const secondVersion = '2_v';
export const versions = ['default', secondVersion] as const;
export const derivedRoleSets = {
  owners: ['own-er', 'fan.of.owner'],
  bosses: ['boss', 'any_reader'],
} as const;

export const words = ['a', 'ab', 'abc', 'b', 'cd', 'ünï'] as const;

/** The names that a set of policies shares with requests about it, where Cerbos allows nearly any text. */
export interface Vocabulary {
  readonly kinds: readonly string[];
  /** Kinds that may have rules whose outputs depend on `cerbos 0.55`'s random order under strict evaluation. */
  readonly looseKinds: readonly string[];
  /** A glob for some of the kinds. */
  readonly kindGlob: string;
  readonly actions: readonly string[];
  /** The actions in rules, globs included. */
  readonly actionPatterns: readonly string[];
  /** The actions in role policies. */
  readonly listed: readonly string[];
  readonly roles: readonly string[];
  /** A glob for some of the roles. */
  readonly roleGlob: string;
  /** Roles with role policies, which take most rights away. */
  readonly limited: { readonly clerk: string; readonly scribe: string; readonly trainee: string };
  readonly principals: readonly string[];
  readonly ids: readonly string[];
}

/** The kind of thing that has a name. */
export type Use = 'kind' | 'action' | 'role' | 'principal' | 'id';

/** Builds a vocabulary. `named` gives each name its final form; names with a common beginning keep it. */
export function vocabularyOf(named: (name: string, use: Use) => string): Vocabulary {
  const [album, dev] = [named('album', 'kind'), named('dev', 'role')];
  const action = (name: string): string => named(name, 'action');
  const [view, edit, title, remove, share] = [
    action('view'),
    action('edit'),
    action('title'),
    action('del'),
    action('share'),
  ];
  const actions = [
    view,
    `${view}:public`,
    edit,
    `${edit}:${title}:draft`,
    `${remove}ete`,
    `${remove}ete_all`,
    share,
  ];
  const [clerk, scribe, trainee] = [
    named('clerk', 'role'),
    named('scribe', 'role'),
    named('trainee', 'role'),
  ];
  const others = ['admin', 'user', 'guest'].map((name) => named(name, 'role'));
  return {
    kinds: [`${album}:photo`, ...['leave-request', 'report', 'x y (z)'].map((name) => named(name, 'kind'))],
    looseKinds: [named('loose-b', 'kind')],
    kindGlob: `${album}*`,
    actions,
    actionPatterns: [
      ...actions,
      '*',
      `${view}:*`,
      '**',
      `${edit}:*:draft`,
      `${remove}*`,
      `{${view},${edit}}*`,
      `${edit}:**`,
      '[vs]*',
    ],
    listed: [...actions, `${view}:*`, `${edit}*`, `${remove}*`],
    roles: [...others, dev, `${dev}:lead`, scribe, clerk, trainee],
    roleGlob: `${dev}*`,
    limited: { clerk, scribe, trainee },
    principals: ['ann', 'bob', 'cat', 'dan'].map((name) => named(name, 'principal')),
    ids: ['a', 'ab', 'abc', 'b', 'cd'].map((name) => named(name, 'id')),
  };
}

/** Names as people choose them. */
export const plainNames = vocabularyOf((name) => name);
