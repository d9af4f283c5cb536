// Files that depend on each other in every way there is, and edits of them. The incremental compilation is tested with them.
import type { Random } from '../random';

const header = 'apiVersion: api.cerbos.dev/v1\n';

const misplaced = 'folder/_schemas/photo.json';
const imports = 'variables: {import: [common]}\n  constants: {import: [limits]}';
const consent = 'scopePermissions: SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS';

/** Files that depend on each other in every way there is, each in several states, some of them broken. */
const states: Readonly<Record<string, readonly string[]>> = {
  'owners.yaml': [
    derivedRoles('owners', 'owner', 'R.attr.owner == P.id'),
    derivedRoles('owners', 'owner', 'V.mine && C.limit > 3', 'common', 'limits'),
    derivedRoles('owners', 'owner', 'V.unknown'),
    derivedRoles('owners', 'member', 'R.attr.open'),
    derivedRoles('owners', 'owner', 'R.owner == P.id'),
    `disabled: true\n${derivedRoles('owners', 'owner', 'true')}`,
    derivedRoles('owners', 'owner', 'true').replace('definitions', 'definition'),
  ],
  'others.yaml': [
    derivedRoles('others', 'owner', 'R.attr.other == P.id'),
    derivedRoles('others', 'guest', 'R.attr.open'),
    derivedRoles('owners', 'guest', 'R.attr.open'),
  ],
  'common.yaml': [
    exported('Variables', 'common', 'mine: R.attr.owner == P.id'),
    exported('Variables', 'common', 'mine: R.attr.owner == P.id && V.fresh\n    fresh: C.limit > 2'),
    exported('Variables', 'common', 'mine: V.fresh\n    fresh: V.mine'),
    exported('Variables', 'common', 'mine: R.attr.owner =='),
    exported('Variables', 'common', 'yours: "false"'),
  ],
  'limits.yaml': [
    exported('Constants', 'limits', 'limit: 5'),
    exported('Constants', 'limits', 'limit: 1'),
    exported('Constants', 'limits', '2x: 5'),
  ],
  'album.yaml': [
    resourcePolicy('album', '', 'importDerivedRoles: [owners]', rule('view', 'derivedRoles: [owner]')),
    resourcePolicy(
      'album',
      '',
      'importDerivedRoles: [owners, others]',
      rule('view', 'derivedRoles: [owner]'),
    ),
    resourcePolicy('album', '', imports, rule('"*"', 'roles: [user]', 'V.mine || C.limit > 3')),
    resourcePolicy('album', '', imports, rule('view', 'roles: [user]', 'V.nothing')),
    resourcePolicy(
      'album',
      '',
      '',
      `${rule('view', 'roles: [user]')}${rule('edit', 'roles: ["*"]', 'R.attr.open')}`,
    ),
    resourcePolicy('album', '', '', rule('view', 'roles: [user]', '1 + ')),
    `disabled: true\n${resourcePolicy('album', '', '', rule('view', 'roles: [user]'))}`,
    'apiVersion: [',
  ],
  'album-acme.yaml': [
    resourcePolicy('album', 'acme', '', rule('view', 'roles: [user]').replace('ALLOW', 'DENY')),
    resourcePolicy('album', 'acme', consent, rule('view', 'roles: [user]', 'R.attr.open')),
    resourcePolicy('album', 'acme', 'importDerivedRoles: [others]', rule('view', 'derivedRoles: [guest]')),
    resourcePolicy('album', 'acme', consent, '').replace('resource: album', 'resource: photo'),
  ],
  'album-acme-eu.yaml': [
    resourcePolicy('album', 'acme.eu', '', rule('edit', 'roles: [editor]')),
    resourcePolicy('album', 'acme.eu', imports, rule('edit', 'roles: [editor]', 'V.mine')),
  ],
  'photo.yaml': [
    resourcePolicy('photo', '', '', rule('view', 'roles: [user]')),
    resourcePolicy('album', '', '', rule('edit', 'roles: [user]')),
    resourcePolicy('photo', 'acme', '', rule('view', 'roles: [user]')),
  ],
  'photo-acme.yaml': [
    resourcePolicy('photo', 'acme', '', rule('view', 'roles: [user]')),
    resourcePolicy('photo', 'acme', consent, rule('view', 'roles: [user]')),
  ],
  'editor.yaml': [
    rolePolicy('editor', 'acme', 'album', 'edit'),
    rolePolicy('editor', 'acme', 'alb*', 'view', '[user]'),
    rolePolicy('editor', '', 'photo', '"*"'),
  ],
  'ann.yaml': [
    `${header}principalPolicy:\n  principal: ann\n  version: default\n  rules:\n    - resource: "al*"\n      actions:\n        - {action: edit, effect: EFFECT_DENY, condition: {match: {expr: V.mine}}}\n  variables: {import: [common]}\n  constants: {import: [limits]}\n`,
    `${header}principalPolicy:\n  principal: ann\n  version: default\n  rules:\n    - resource: photo\n      actions: [{action: "*", effect: EFFECT_ALLOW}]\n`,
  ],
  [misplaced]: ['{}'],
  'album_test.yaml': [
    suite('EFFECT_ALLOW'),
    suite('EFFECT_DENY'),
    suite('EFFECT_ALLOW').replace('ann]', 'eve]'),
  ],
  'testdata/principals.yaml': [
    'principals:\n  ann: {id: ann, roles: [user]}\n',
    'principals:\n  ann: {id: ann, roles: [editor]}\nprincipalGroups:\n  all: {principals: [bob]}\n',
  ],
  'testdata/resources.yaml': [
    'resources:\n  hers: {kind: album, id: "1", attr: {owner: ann, open: true}}\n',
    'resources:\n  hers: {kind: album, id: "1", attr: {owner: eve}}\n',
  ],
};

function resourcePolicy(kind: string, scope: string, fields: string, rules: string): string {
  const scoped = scope === '' ? '' : `  scope: ${scope}\n`;
  const list = rules === '' ? '  rules: []\n' : `  rules:\n${rules}`;
  return `${header}resourcePolicy:\n  resource: ${kind}\n  version: default\n${scoped}  ${fields}\n${list}`;
}

function rule(action: string, who: string, condition?: string): string {
  const when = condition === undefined ? '' : `      condition: {match: {expr: '${condition}'}}\n`;
  return `    - actions: [${action}]\n      effect: EFFECT_ALLOW\n      ${who}\n${when}`;
}

function derivedRoles(name: string, role: string, condition: string, ...imported: readonly string[]): string {
  const [variables, constants] = imported;
  const fields =
    imported.length > 0
      ? `  variables: {import: [${variables}]}\n  constants: {import: [${constants}]}\n`
      : '';
  return `${header}derivedRoles:\n  name: ${name}\n${fields}  definitions:\n    - name: ${role}\n      parentRoles: [user, editor]\n      condition: {match: {expr: '${condition}'}}\n`;
}

function exported(kind: 'Variables' | 'Constants', name: string, definition: string): string {
  return `${header}export${kind}:\n  name: ${name}\n  definitions:\n    ${definition}\n`;
}

function rolePolicy(role: string, scope: string, resource: string, action: string, parents = '[]'): string {
  const rules = `  rules:\n    - {resource: "${resource}", allowActions: [${action}]}\n`;
  return `${header}rolePolicy:\n  role: ${role}\n  scope: "${scope}"\n  parentRoles: ${parents}\n${rules}`;
}

function suite(effect: string): string {
  return `name: Albums\ntests:\n  - name: rights\n    input: {principals: [ann], resources: [hers], actions: [view, edit]}\n    expected:\n      - {principal: ann, resource: hers, actions: {view: ${effect}}}\n`;
}

/** Every file in its first state, which together make a usable set. */
export function sound(): Map<string, string> {
  const files = new Map(Object.entries(states).map(([path, [first = '']]) => [path, first]));
  files.delete(misplaced);
  return files;
}

/** Puts the first file that is not as in {@link sound} right. */
function mend(files: ReadonlyMap<string, string>): Map<string, string> {
  const mended = new Map(files);
  const wanted = sound();
  for (const path of files.keys()) {
    if (wanted.has(path)) {
      continue;
    }
    mended.delete(path);
    return mended;
  }
  for (const [path, text] of wanted) {
    if (files.get(path) === text) {
      continue;
    }
    mended.set(path, text);
    return mended;
  }
  return mended;
}

/** Changes one file: its text, its place, whether it is there at all. */
export function edit(files: ReadonlyMap<string, string>, random: Random): Map<string, string> {
  if (random.chance(0.6)) {
    return mend(files);
  }
  const edited = new Map(files);
  const name = random.pick(Object.keys(states));
  const paths = [...edited.keys()].filter((path) => path === name || path === `moved/${name}`);
  const [at] = paths;
  const text = random.pick(states[name] ?? []);
  if (at === undefined) {
    edited.set(name, text);
  } else if (random.chance(0.15)) {
    edited.delete(at);
  } else if (random.chance(0.15)) {
    edited.set(at === name && !name.includes('/') ? `moved/${name}` : name, edited.get(at) ?? '');
    if (random.chance(0.8)) {
      edited.delete(at);
    }
  } else {
    edited.set(at, text);
  }
  return edited;
}
