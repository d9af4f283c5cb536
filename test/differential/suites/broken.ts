// Policy sets that `cerbos 0.55` refuses, one mistake (or a few) each.
import { brokenValues } from './broken-values';
import {
  exportedConstants,
  exportedVariables,
  header,
  owners,
  principal,
  resource,
  rule,
  withExpression,
} from '../support/policy-text';
import type { Files } from '../support/policy-text';
import { brokenBySchemas, validWithSchemas } from './schema-sets';

/** Policies and suites with one mistake each, by the mistake. */
export const broken: Readonly<Record<string, Files>> = {
  ...brokenValues,
  ...brokenBySchemas,
  // YAML
  'an unclosed quote': { 'a.yaml': `${header}description: "foo\nresourcePolicy:\n  resource: x\n` },
  'an unclosed bracket': { 'a.yaml': resource('', '    - actions: ["view"\n      effect: EFFECT_ALLOW\n') },
  'a key without a value among values': { 'a.yaml': `${header}foo\n` },
  'a tab for indentation': { 'a.yaml': `${header}resourcePolicy:\n\tresource: album\n` },
  'a tab between double quotes': {
    'a.yaml': `${header}description: "a\tb"\n${resource().replace(header, '')}`,
  },
  'a mistake behind tabs in unquoted text': { 'a.yaml': withExpression('1 +\t1 + \tnope') },
  'two values on a line': { 'a.yaml': `${header}description: a: b\n` },
  'text behind a quoted string': { 'a.yaml': withExpression('"a" == R.attr.x') },
  'a reserved character': { 'a.yaml': `${header}description: @foo\n` },
  'a key given twice': { 'a.yaml': resource('  version: v2\n') },
  'a key given twice in a rule': { 'a.yaml': resource('', `${rule}      roles: [admin]\n`) },
  'an unknown anchor': {
    'a.yaml': resource('', '    - actions: *nowhere\n      effect: EFFECT_ALLOW\n      roles: [a]\n'),
  },
  'an anchor given twice': {
    'a.yaml': resource('', '    - actions: &a [view]\n      effect: EFFECT_ALLOW\n      roles: &a [x]\n'),
  },
  'a bare word': { 'a.yaml': 'wat\n' },
  'a list': { 'a.yaml': '- a\n- b\n' },
  'two documents': { 'a.yaml': `${resource()}---\n${owners}` },
  'broken JSON': { 'a.json': '{"apiVersion": "api.cerbos.dev/v1", "resourcePolicy": {]}' },

  // Structure
  'an unknown key at the top': { 'a.yaml': `some: key\n${resource()}` },
  'an unknown key': { 'a.yaml': resource('  resourse: x\n') },
  'an unknown key in a rule': { 'a.yaml': resource('', `${rule}      efect: x\n`) },
  'an unknown key in JSON': {
    'a.json':
      '{"apiVersion": "api.cerbos.dev/v1",\n  "resourcePolicy": {"resource": "x", "version": "default", "rule": []}}',
  },
  'a number for a key': { 'a.yaml': `${header}1: x\n` },
  'a number for the name of a variable': { 'a.yaml': resource('  variables:\n    local:\n      1: x\n') },
  'text for a list': {
    'a.yaml': resource('', '    - actions: view\n      effect: EFFECT_ALLOW\n      roles: [user]\n'),
  },
  'a list for text': { 'a.yaml': `${header}resourcePolicy:\n  resource: [album]\n  version: default\n` },
  'text for an object': { 'a.yaml': `${header}resourcePolicy: album\n` },
  'a list for an object': { 'a.yaml': resource('  variables: [a]\n') },
  'a list for a map': { 'a.yaml': resource('  variables:\n    local: [a]\n') },
  'a fraction for text': { 'a.yaml': `${header}resourcePolicy:\n  resource: album\n  version: 1.5\n` },
  'text for a boolean': { 'a.yaml': `${header}disabled: yes\n` },
  'an unknown effect': {
    'a.yaml': resource('', '    - actions: [a]\n      effect: ALLOW\n      roles: [user]\n'),
  },
  'an effect that a rule may not have': {
    'a.yaml': resource('', '    - actions: [a]\n      effect: EFFECT_NO_MATCH\n      roles: [user]\n'),
  },
  'unknown scope permissions': { 'a.yaml': resource('  scopePermissions: NONE\n') },
  'two kinds of policy in one': { 'a.yaml': `${resource()}exportVariables:\n  name: x\n` },
  'two operators in one condition': {
    'a.yaml': resource(
      '',
      `${rule}      condition:\n        match:\n          expr: "true"\n          all: {of: [{expr: "true"}]}\n`,
    ),
  },
  'no kind of policy': { 'a.yaml': header },
  'no API version': { 'a.yaml': 'derivedRoles:\n  name: a\n  definitions: []\n' },
  'another API version': { 'a.yaml': resource().replace('dev/v1', 'dev/v2') },
  'no resource': { 'a.yaml': `${header}resourcePolicy:\n  version: default\n` },
  'no version': { 'a.yaml': `${header}resourcePolicy:\n  resource: album\n` },
  'a glob for a resource': { 'a.yaml': resource().replace('resource: album', 'resource: "alb*"') },
  'a version with a dash': { 'a.yaml': resource().replace('version: default', 'version: a-b') },
  'a scope with an empty segment': { 'a.yaml': resource('  scope: a..b\n') },
  'an import with a space': { 'a.yaml': resource('  importDerivedRoles: ["a b"]\n') },
  'an import given twice': {
    'a.yaml': resource('  importDerivedRoles: [owners, owners]\n'),
    'b.yaml': owners,
  },
  'no actions': {
    'a.yaml': resource('', '    - actions: []\n      effect: EFFECT_ALLOW\n      roles: [user]\n'),
  },
  'no actions at all': { 'a.yaml': resource('', '    - effect: EFFECT_ALLOW\n      roles: [user]\n') },
  'an empty action': {
    'a.yaml': resource('', '    - actions: [a, ""]\n      effect: EFFECT_ALLOW\n      roles: [user]\n'),
  },
  'an action given twice': {
    'a.yaml': resource('', '    - actions: [a, b, a]\n      effect: EFFECT_ALLOW\n      roles: [user]\n'),
  },
  'an empty role': {
    'a.yaml': resource('', '    - actions: [a]\n      effect: EFFECT_ALLOW\n      roles: ["", x, x]\n'),
  },
  'no effect': { 'a.yaml': resource('', '    - actions: [a]\n      roles: [user]\n') },
  'a rule name that starts with a digit': { 'a.yaml': resource('', `${rule}      name: "9lives"\n`) },
  'an empty condition': { 'a.yaml': resource('', `${rule}      condition: {}\n`) },
  'an empty match': { 'a.yaml': resource('', `${rule}      condition:\n        match: {}\n`) },
  'an empty list of conditions': {
    'a.yaml': resource('', `${rule}      condition:\n        match:\n          any:\n            of: []\n`),
  },
  'an empty condition among others': {
    'a.yaml': resource(
      '',
      `${rule}      condition:\n        match:\n          all:\n            of:\n              - expr: "true"\n              - {}\n`,
    ),
  },
  'derived roles without a name': {
    'a.yaml': `${header}derivedRoles:\n  definitions:\n    - name: a\n      parentRoles: [b]\n`,
  },
  'derived roles without definitions': { 'a.yaml': `${header}derivedRoles:\n  name: a\n  definitions: []\n` },
  'a derived role without parents': {
    'a.yaml': `${header}derivedRoles:\n  name: a\n  definitions:\n    - name: b\n    - parentRoles: []\n      name: "c d"\n`,
  },
  'an export without a name': { 'a.yaml': `${header}exportConstants:\n  definitions: {a: 1}\n` },
  'infinity for a constant': { 'a.yaml': resource('  constants:\n    local:\n      big: .inf\n') },
  'a principal policy without actions': { 'a.yaml': principal('    - resource: album\n      actions: []\n') },
  'a role policy without actions': {
    'a.yaml': `${header}rolePolicy:\n  role: clerk\n  version: default\n  rules:\n    - resource: album\n      allowActions: []\n`,
  },

  // Rules
  'a rule for nobody': { 'a.yaml': resource('', '    - actions: ["view"]\n      effect: EFFECT_ALLOW\n') },
  'a named rule for nobody, in flow style': {
    'a.yaml': resource('', '    - {name: foo, actions: ["view"], effect: EFFECT_ALLOW}\n'),
  },
  'a rule name given twice': {
    'a.yaml': resource('', `${rule}      name: x\n${rule}      name: y\n${rule}      name: x\n`),
  },
  'a rule on the line after its dash': {
    'a.yaml': resource('', '    -\n      actions: ["view"]\n      effect: EFFECT_ALLOW\n'),
  },
  'a derived role defined twice': { 'a.yaml': `${owners}    - name: owner\n      parentRoles: [admin]\n` },
  'an action rule name given twice': {
    'a.yaml': principal(
      '    - resource: album\n      actions:\n        - {action: a, effect: EFFECT_ALLOW, name: x}\n        - action: b\n          effect: EFFECT_ALLOW\n          name: x\n',
    ),
  },
  'a resource given twice to a principal': {
    'a.yaml': principal(
      '    - resource: album\n      actions: [{action: a, effect: EFFECT_ALLOW}]\n    - resource: album\n      actions: [{action: b, effect: EFFECT_ALLOW}]\n',
    ),
  },
  'top-level variables with exported variables': {
    'a.yaml': `${exportedVariables}variables:\n  x: "true"\n`,
  },
  'top-level variables with exported constants': { 'a.yaml': `variables: {x: "true"}\n${exportedConstants}` },

  // The set
  'a policy defined twice': { 'a.yaml': resource(), 'b.yaml': `---\n${resource()}`, 'c/d.yaml': resource() },
  'imports that do not exist': {
    'a.yaml': resource(
      '  importDerivedRoles: [owners, "other"]\n  variables:\n    import: [shared]\n  constants:\n    import:\n      - numbers\n',
    ),
  },
  'an import by derived roles that does not exist': {
    'a.yaml': owners.replace('  definitions', '  variables: {import: [nowhere]}\n  definitions'),
  },
  'an import of a disabled policy': {
    'a.yaml': resource('  importDerivedRoles: [owners]\n'),
    'b.yaml': `disabled: true\n${owners}`,
  },
  'an import of a broken file': {
    'a.yaml': resource('  importDerivedRoles: [owners]\n'),
    'b.yaml': `${owners}foo: bar\n`,
  },
  'scopes without their ancestors': {
    'a.yaml': resource('  scope: a.b\n'),
    'b.yaml': resource('  scope: a\n', rule, 'other'),
  },
  'a principal’s scope without its ancestor': {
    'a.yaml': principal(
      '    - resource: album\n      actions: [{action: a, effect: EFFECT_ALLOW}]\n',
    ).replace('  rules', '  scope: acme\n  rules'),
  },
  'scope permissions that disagree': {
    'a.yaml': resource('', rule, 'a'),
    'b.yaml': resource(
      '  scopePermissions: SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS\n',
      rule,
      'b',
    ),
    'c.yaml': resource('  scopePermissions: SCOPE_PERMISSIONS_OVERRIDE_PARENT\n', rule, 'c'),
  },
  'a schemas folder in the wrong place': { 'a.yaml': resource(), 'b/_schemas/x.json': '{}' },

  // Meaning
  'an expression that does not parse': { 'a.yaml': withExpression('R.attr.x ==') },
  'an unknown name': { 'a.yaml': withExpression('foo == 1') },
  'an unknown field': { 'a.yaml': withExpression('P.attrs.x == 1') },
  'an unknown function': { 'a.yaml': withExpression('nope(R.attr.x)') },
  'types that do not fit': { 'a.yaml': withExpression('1 == "a"') },
  'a bad regular expression': { 'a.yaml': withExpression(`R.id.matches("(")`) },
  'a bad duration': { 'a.yaml': withExpression('duration("x") < duration("1h")') },
  'a bad timestamp': { 'a.yaml': withExpression('timestamp("x") < timestamp("2020-01-01T00:00:00Z")') },
  'a bad expression in a block': {
    'a.yaml': withExpression('|-\n            R.attr.x == 1 &&\n              foo'),
  },
  'a bad expression in quotes': { 'a.yaml': withExpression(`"R.id == \\"x\\" && foo"`) },
  'a bad expression in a list': {
    'a.yaml': resource(
      '',
      `${rule}      condition:\n        match:\n          any:\n            of:\n              - expr: "true"\n              - none:\n                  of:\n                    - expr: foo\n`,
    ),
  },
  'a bad output': {
    'a.yaml': resource(
      '',
      `${rule}      output:\n        when:\n          ruleActivated: foo\n          conditionNotMet: bar\n`,
    ),
  },
  'a bad deprecated output': { 'a.yaml': resource('', `${rule}      output:\n        expr: foo\n`) },
  'an empty output': { 'a.yaml': resource('', `${rule}      output: {}\n`) },
  'an output without expressions': { 'a.yaml': resource('', `${rule}      output:\n        when: {}\n`) },
  'a script': {
    'a.yaml': resource('', `${rule}      condition:\n        script: |-\n          return true\n`),
  },
  'a bad variable': {
    'a.yaml': resource('  variables:\n    local:\n      good: R.attr.x\n      bad: foo\n'),
  },
  'a bad top-level variable': { 'a.yaml': `${resource()}variables:\n  bad: foo ==\n` },
  'a bad exported variable': {
    'a.yaml': resource('  variables: {import: [shared]}\n'),
    'b.yaml': exportedVariables.replace('R.attr.flag', 'R.nope'),
  },
  'names that are not identifiers': {
    'a.yaml': resource(
      '  variables:\n    local:\n      1st: R.attr.x\n      in: R.attr.y\n      "a b": R.attr.z\n  constants:\n    local:\n      2nd: 1\n      "null": 2\n',
    ),
  },
  'an undefined variable': { 'a.yaml': withExpression('V.nope && variables.neither') },
  'an undefined constant': { 'a.yaml': withExpression('C.nope == 1 || constants.neither') },
  'an undefined variable in a variable': {
    'a.yaml': resource('  variables:\n    local:\n      a: V.nope\n      b: C.neither\n'),
  },
  'variables that form circles': {
    'a.yaml': resource(
      '  variables:\n    local:\n      a: V.a\n      b: V.c\n      c: V.b\n      d: V.e && V.f\n      e: V.f\n      f: V.d\n',
    ),
  },
  'a variable defined twice': {
    'a.yaml': resource('  variables:\n    import: [shared]\n    local:\n      flag: "true"\n'),
    'b.yaml': exportedVariables,
  },
  'a variable defined three times': {
    'a.yaml': `${resource('  variables:\n    import: [shared]\n    local:\n      flag: "true"\n')}variables:\n  flag: "false"\n`,
    'b.yaml': exportedVariables,
  },
  'a constant defined twice': {
    'a.yaml': resource('  constants:\n    import: [numbers]\n    local:\n      limit: 1\n'),
    'b.yaml': exportedConstants,
  },
  'an unknown derived role': {
    'a.yaml': resource('  importDerivedRoles: [owners]\n', `${rule}      derivedRoles: [owner, nobody]\n`),
    'b.yaml': owners,
  },
  'an ambiguous derived role': {
    'a.yaml': resource('  importDerivedRoles: [owners, others]\n', `${rule}      derivedRoles: [owner]\n`),
    'b.yaml': owners,
    'c.yaml': owners.replace('name: owners', 'name: others'),
  },
  'a bad expression in derived roles': {
    'a.yaml': resource('  importDerivedRoles: [owners]\n'),
    'b.yaml': owners.replace('R.attr.owner', 'R.owner'),
  },
  'an undefined variable in derived roles': {
    'a.yaml': resource('  importDerivedRoles: [owners]\n'),
    'b.yaml': owners.replace('R.attr.owner', 'V.owner'),
  },
  'a bad expression in a principal policy': {
    'a.yaml': principal(
      '    - resource: album\n      actions:\n        - action: a\n          effect: EFFECT_ALLOW\n          condition: {match: {expr: foo}}\n',
    ),
  },
  'a bad expression in a role policy': {
    'a.yaml': `${header}rolePolicy:\n  role: clerk\n  version: default\n  rules:\n    - resource: album\n      allowActions: [a]\n      condition:\n        match: {expr: foo}\n`,
  },
  'a mistake after letters beyond ASCII': {
    'a.yaml': resource(`  variables: {local: {a: '"é" + "日本" + "😀"', b: foo}}\n`),
  },
  'mistakes in lines that end as on Windows': {
    'a.yaml': withExpression('foo == 1', '  variables:\n    local:\n      a: bar\n').replaceAll('\n', '\r\n'),
  },
};

/** Policy sets that `cerbos 0.55` takes. */
export const valid: Readonly<Record<string, Files>> = {
  ...validWithSchemas,
  'an empty file, and one of comments': { 'a.yaml': '', 'b.yaml': '# nothing\n', 'c.json': '  \n' },
  'a policy': { 'a.yaml': resource() },
  'a policy in JSON': {
    'a.json': JSON.stringify({
      apiVersion: 'api.cerbos.dev/v1',
      resourcePolicy: { resource: 'x', version: 'default', rules: [] },
    }),
  },
  'snake case, a document marker, and a schema': {
    'a.yaml': `# yaml-language-server: $schema=x\n---\napi_version: api.cerbos.dev/v1\n$schema: x\nresource_policy:\n  resource: album\n  version: default\n  import_derived_roles: [owners]\n`,
    'b.yaml': owners,
  },
  'a number, a boolean and nothing for text': {
    'a.yaml': `${header}description: true\nresourcePolicy:\n  resource: album\n  version: 20210210\n  scope:\n  rules: []\n`,
  },
  'tabs between quotes': {
    'a.yaml': `${resource()}metadata:\n  annotations:\n    a: 'x\ty'\n    b: "x\ty" # z\n    c: "x\\ty"\n`,
  },
  'tabs in unquoted text, which do not count': {
    'a.yaml': resource('  importDerivedRoles: [own\ters]\n').replace('default', 'de\tfault'),
    'b.yaml': owners.replace('user', 'us\ter'),
  },
  'anchors and merge keys': {
    'a.yaml': resource(
      '',
      `    - &base
      actions: &actions ["view", "edit"]
      effect: EFFECT_ALLOW
      roles: [user]
    - <<: *base
      roles: [admin]
    - actions: *actions
      effect: EFFECT_DENY
      roles: [guest]
`,
    ),
  },
  'a disabled policy beside the same one': {
    'a.yaml': resource(),
    'b.yaml': `disabled: true\n${resource()}`,
  },
  'mistakes in exports that nobody imports': {
    'a.yaml': exportedVariables.replace('R.attr.flag', 'foo'),
    'b.yaml': owners.replace('R.attr.owner', 'V.nope'),
  },
  'hidden files, other files, tests and fixtures': {
    'a.yaml': resource(),
    '.hidden.yaml': 'foo',
    '.hidden/b.yaml': 'foo',
    'notes.txt': 'foo',
    'testdata/principals.yaml': 'principals: {}',
    'x/testdata/anything.yaml': 'foo',
    '_schemas/album.json': '{}',
  },
  'a scope whose ancestor has a role policy for it': {
    'a.yaml': resource(),
    'b.yaml': resource('  scope: acme.hr\n'),
    'c.yaml': `${header}rolePolicy:\n  role: clerk\n  version: default\n  scope: acme\n  rules:\n    - resource: "alb*"\n      allowActions: [a]\n`,
  },
  metadata: {
    'a.yaml': `${resource()}metadata:\n  annotations: {a: b}\n  hash: "12"\n  sourceAttributes:\n    attributes: {x: [1]}\n`,
  },
  'a variable that a rule does not use, and __proto__ among the constants': {
    'a.yaml': resource(
      '  variables: {local: {a: R.attr.x}}\n  constants: {local: {__proto__: 1, b: {__proto__: 2}}}\n',
    ),
  },
};
