// Policy sets that `cerbos 0.55`'s reader or validator refuses: each kind of value in each kind of place.
import { header, principal, resource, rule } from '../support/policy-text';
import type { Files } from '../support/policy-text';

/** A resource policy whose one rule has these lines. */
function withRule(lines: string): Files {
  return { 'a.yaml': resource('', `    - ${lines.trimEnd().replaceAll('\n', '\n      ')}\n`) };
}

const good = 'actions: [view]\neffect: EFFECT_ALLOW\nroles: [user]\n';

function withCondition(lines: string): Files {
  return withRule(`${good}condition:\n  ${lines.replaceAll('\n', '\n  ')}`);
}

function derived(definitions: string, before = ''): Files {
  return { 'a.yaml': `${header}derivedRoles:\n  name: x\n${before}  definitions:\n${definitions}` };
}

function rolePolicy(rules: string, before = ''): Files {
  return { 'a.yaml': `${header}rolePolicy:\n  role: clerk\n${before}  rules:\n${rules}` };
}

function withSchema(ref: string): string {
  return resource(`  schemas:\n    resourceSchema:\n      ref: ${ref}\n`);
}

const policy = (text: string): Files => ({ 'a.yaml': `${header}${text}` });

export const brokenValues: Readonly<Record<string, Files>> = {
  // Merge keys and aliases
  'a merge of something that is no alias': withRule(`${good}<<: {roles: [admin]}\n<<: [1]\n`),
  'a merge of an unknown anchor': withRule(`<<: *nowhere\n${good}`),
  'a merge of a list': {
    'a.yaml': resource(
      '',
      `    - actions: &list [view]\n      effect: EFFECT_ALLOW\n      roles: [user]\n    - <<: *list\n      effect: EFFECT_DENY\n`,
    ),
  },
  'a merge of text': {
    'a.yaml': resource(
      '',
      `    - actions: [&text view]\n      effect: EFFECT_ALLOW\n      roles: [user]\n    - <<: *text\n      effect: EFFECT_DENY\n`,
    ),
  },
  'an alias for a key': {
    'a.yaml': `${header}description: &d resourcePolicy\n*d : {resource: a}\n`,
  },
  'a merge that brings an unknown key': {
    'a.yaml': `${header}metadata:\n  annotations: &notes {a: b}\nresourcePolicy:\n  <<: *notes\n  resource: album\n  version: default\n`,
  },

  // Types
  'a map for text': policy('resourcePolicy:\n  resource: {a: b}\n  version: default\n'),
  'nothing for a list': withRule(good.replace(' [view]', '')),
  'a number for a list': withRule(good.replace('[view]', '3')),
  'a map for a list': withRule(good.replace('[view]', '{a: b}')),
  'a list in a list': withRule(good.replace('[view]', '[[view]]')),
  'a map in a list of texts': withRule(good.replace('[view]', '[{view: x}]')),
  'a fraction in a list of texts': withRule(good.replace('[view]', '[1.5]')),
  'infinity in a list of texts': withRule(good.replace('[view]', '[.inf]')),
  'text for a rule': { 'a.yaml': resource('', '    - view\n') },
  'a list for a rule': { 'a.yaml': resource('', '    - [view]\n') },
  'nothing for a rule': { 'a.yaml': resource('', `${rule}    - null\n`) },
  'a missing rule': { 'a.yaml': resource('', `    -\n${rule}`) },
  'a missing rule at the end': { 'a.yaml': resource('', `${rule}    -\n`) },
  'a missing rule at the end, before a comment': { 'a.yaml': resource('', `${rule}    -   # soon\n\n`) },
  'a missing import': { 'a.yaml': resource('  importDerivedRoles:\n    -   \n    - a\n') },
  'a missing import before a comment': { 'a.yaml': resource('  importDerivedRoles:\n    - a\n    - # b\n') },
  'a missing action': withRule(good.replace(' [view]', '\n  - view\n  -')),
  'a number for an object': policy('resourcePolicy: 3\n'),
  'text for a condition': withRule(`${good}condition: R.attr.x\n`),
  'text for a match': withCondition('match: R.attr.x\n'),
  'a list for an expression': withCondition('match:\n  expr: [a]\n'),
  'a map for an expression': withCondition('match:\n  expr: {a: b}\n'),
  'text for a list of conditions': withCondition('match:\n  all:\n    of: R.attr.x\n'),
  'a list where its key is missing': withCondition('match:\n  all:\n    - expr: R.attr.x\n'),
  'text in a list of conditions': withCondition('match:\n  any:\n    of:\n      - R.attr.x\n'),
  'an unknown operator': withCondition('match:\n  some:\n    of:\n      - expr: R.attr.x\n'),
  'text for an output': withRule(`${good}output: R.attr.x\n`),
  'a list for an output’s expression': withRule(`${good}output:\n  when:\n    ruleActivated: [a]\n`),
  'an unknown moment of an output': withRule(`${good}output:\n  when:\n    ruleDenied: "1"\n`),
  'a number for an effect': withRule(good.replace('EFFECT_ALLOW', '7')),
  'a list for an effect': withRule(good.replace('EFFECT_ALLOW', '[EFFECT_ALLOW]')),
  'an effect without its prefix, in JSON': {
    'a.json': `{"apiVersion": "api.cerbos.dev/v1", "resourcePolicy": {"resource": "a", "version": "default",\n "rules": [{"actions": ["a"], "effect": "DENY", "roles": ["b"]}]}}`,
  },
  'text for “disabled”': policy('disabled: "true"\nresourcePolicy:\n  resource: a\n  version: default\n'),
  'a number for “disabled”': policy('disabled: 1\nresourcePolicy:\n  resource: a\n  version: default\n'),
  'text for a hash': { 'a.yaml': `${resource()}metadata:\n  hash: many\n` },
  'a negative hash': { 'a.yaml': `${resource()}metadata:\n  hash: -1\n` },
  'a fraction for a hash': { 'a.yaml': `${resource()}metadata:\n  hash: 1.5\n` },
  'a hash beyond 64 bits': { 'a.yaml': `${resource()}metadata:\n  hash: 99999999999999999999999\n` },
  'a list for annotations': { 'a.yaml': `${resource()}metadata:\n  annotations: [a]\n` },
  'a map for an annotation': { 'a.yaml': `${resource()}metadata:\n  annotations: {a: {b: c}}\n` },
  'a list for metadata': { 'a.yaml': `${resource()}metadata: [a]\n` },
  'an unknown key in metadata': { 'a.yaml': `${resource()}metadata: {owner: me}\n` },
  'not a number for a constant': { 'a.yaml': resource('  constants:\n    local:\n      big: .nan\n') },
  'a key that is no text in a constant': {
    'a.yaml': resource('  constants:\n    local:\n      a: {1: x}\n'),
  },
  'a key given twice in a constant': {
    'a.yaml': resource('  constants:\n    local:\n      a: {b: 1, b: 2}\n'),
  },
  'a variable given twice': { 'a.yaml': resource('  variables:\n    local:\n      a: "1"\n      a: "2"\n') },
  'a list for a variable': { 'a.yaml': resource('  variables:\n    local:\n      a: [1]\n') },
  'text for variables': { 'a.yaml': resource('  variables: shared\n') },
  'text for imports': { 'a.yaml': resource('  variables:\n    import: shared\n') },
  'an unknown key in variables': { 'a.yaml': resource('  variables:\n    locals: {a: "1"}\n') },
  'camel and snake case of one key': {
    'a.yaml': resource('  importDerivedRoles: []\n  import_derived_roles: []\n'),
  },
  'a key in the wrong case': { 'a.yaml': resource().replace('version:', 'Version:') },

  // Rules of the validator
  'an empty resource': { 'a.yaml': resource().replace('resource: album', 'resource: ""') },
  'an empty version': { 'a.yaml': resource().replace('version: default', 'version: ""') },
  'a version with a dot': { 'a.yaml': resource().replace('version: default', 'version: v1.2') },
  'a scope that starts with a dash': { 'a.yaml': resource('  scope: -a\n') },
  'a scope with a space': { 'a.yaml': resource('  scope: a b\n') },
  'a scope that ends with a dot': { 'a.yaml': resource('  scope: a.\n') },
  'a scope with a star': { 'a.yaml': resource('  scope: "a.*"\n') },
  'a derived role with a space': withRule(good.replace('roles: [user]', 'derivedRoles: ["a b"]')),
  'a derived role given twice': withRule(good.replace('roles: [user]', 'derivedRoles: [a, a]')),
  'a role given twice': withRule(good.replace('[user]', '[user, user]')),
  'a rule name with a space': withRule(`${good}name: a b\n`),
  'a variable import with a slash': { 'a.yaml': resource('  variables: {import: ["a/b"]}\n') },
  'a variable import given twice': { 'a.yaml': resource('  variables: {import: [a, a]}\n') },
  'a constant import with a space': { 'a.yaml': resource('  constants: {import: ["a b"]}\n') },
  'a constant import given twice': { 'a.yaml': resource('  constants: {import: [a, a]}\n') },
  'a condition and a script': withCondition('match: {expr: "true"}\nscript: x\n'),
  'an empty list in “none”': withCondition('match:\n  none:\n    of: []\n'),
  '“all” without its list': withCondition('match:\n  all: {}\n'),
  'a principal with a glob': policy('principalPolicy:\n  principal: "a*"\n  version: default\n'),
  'a principal policy without a principal': policy('principalPolicy:\n  version: default\n'),
  'a principal policy without a version': policy('principalPolicy:\n  principal: ann\n'),
  'a principal policy with an unknown effect': {
    'a.yaml': principal('    - resource: album\n      actions: [{action: a, effect: EFFECT_UNSPECIFIED}]\n'),
  },
  'a principal policy’s rule without a resource': {
    'a.yaml': principal('    - actions: [{action: a, effect: EFFECT_ALLOW}]\n'),
  },
  'a principal policy’s action without a name': {
    'a.yaml': principal('    - resource: album\n      actions: [{effect: EFFECT_ALLOW}]\n'),
  },
  'a principal policy with roles': {
    'a.yaml': principal(
      '    - resource: album\n      roles: [a]\n      actions: [{action: a, effect: EFFECT_ALLOW}]\n',
    ),
  },
  'a principal with an empty name': policy('principalPolicy:\n  principal: ""\n  version: default\n'),
  'a principal policy’s version with a dash': policy('principalPolicy:\n  principal: ann\n  version: a-b\n'),
  'a principal policy’s scope with a space': policy(
    'principalPolicy:\n  principal: ann\n  version: default\n  scope: a b\n',
  ),
  'a principal policy’s rule with an empty resource': {
    'a.yaml': principal('    - resource: ""\n      actions: [{action: a, effect: EFFECT_ALLOW}]\n'),
  },
  'a principal policy’s action with an empty name': {
    'a.yaml': principal('    - resource: album\n      actions: [{action: "", effect: EFFECT_ALLOW}]\n'),
  },
  'a principal policy’s action without an effect': {
    'a.yaml': principal('    - resource: album\n      actions: [{action: a}]\n'),
  },
  'a principal policy’s rule name with a space': {
    'a.yaml': principal(
      '    - resource: album\n      actions: [{action: a, effect: EFFECT_ALLOW, name: a b}]\n',
    ),
  },
  'a principal policy’s empty condition': {
    'a.yaml': principal(
      '    - resource: album\n      actions: [{action: a, effect: EFFECT_ALLOW, condition: {}}]\n',
    ),
  },
  'a role policy with an empty role': policy('rolePolicy:\n  role: ""\n  rules: []\n'),
  'a role policy’s scope that ends with a dot': rolePolicy(
    '    - {resource: a, allowActions: [b]}\n',
    '  scope: a.\n',
  ),
  'a role policy’s rule with an empty resource': rolePolicy('    - {resource: "", allowActions: [b]}\n'),
  'a role policy’s empty action': rolePolicy('    - {resource: a, allowActions: [b, ""]}\n'),
  'a role policy’s rule name that starts with a dash': rolePolicy(
    '    - {resource: a, allowActions: [b], name: -x}\n',
  ),
  'a role policy’s empty condition': rolePolicy('    - {resource: a, allowActions: [b], condition: {}}\n'),
  'a role policy’s unknown key': rolePolicy('    - {resource: a, actions: [b], allowActions: [b]}\n'),
  'derived roles with an empty name': policy(
    'derivedRoles:\n  name: ""\n  definitions: [{name: x, parentRoles: [y]}]\n',
  ),
  'a derived role with an empty name': derived('    - {name: "", parentRoles: [b]}\n'),
  'a derived role with an empty condition': derived('    - {name: a, parentRoles: [b], condition: {}}\n'),
  'exported variables with an empty name': policy('exportVariables:\n  name: ""\n  definitions: {a: "1"}\n'),
  'exported constants with an empty name': policy('exportConstants:\n  name: ""\n  definitions: {a: 1}\n'),
  'an empty import': { 'a.yaml': resource('  importDerivedRoles: [""]\n') },
  'an empty import of variables': { 'a.yaml': resource('  variables: {import: [""]}\n') },
  'an empty import of constants': { 'a.yaml': resource('  constants: {import: [""]}\n') },
  'a schema with an empty reference': { 'a.yaml': resource('  schemas: {resourceSchema: {ref: ""}}\n') },
  'an action to ignore given twice': {
    'a.yaml': resource(
      '  schemas: {resourceSchema: {ref: "cerbos:///a.json", ignoreWhen: {actions: [a, a]}}}\n',
    ),
  },
  'an empty action to ignore': {
    'a.yaml': resource(
      '  schemas: {principalSchema: {ref: "cerbos:///a.json", ignoreWhen: {actions: [""]}}}\n',
    ),
  },
  'an empty expression': withCondition('match:\n  expr: ""\n'),
  'an empty output expression': withRule(`${good}output:\n  when:\n    ruleActivated: ""\n`),
  'a role with a glob': policy('rolePolicy:\n  role: "a*"\n  rules: []\n'),
  'a role policy without a role': policy('rolePolicy:\n  version: default\n  rules: []\n'),
  'a role policy with an empty parent': rolePolicy(
    '    - {resource: a, allowActions: [b]}\n',
    '  parentRoles: ["", x]\n',
  ),
  'a role policy with a parent given twice': rolePolicy(
    '    - {resource: a, allowActions: [b]}\n',
    '  parentRoles: [x, x]\n',
  ),
  'a role policy’s rule without a resource': rolePolicy('    - {allowActions: [b]}\n'),
  'a role policy’s action given twice': rolePolicy('    - {resource: a, allowActions: [b, b]}\n'),
  'a role policy with an effect': rolePolicy(
    '    - {resource: a, allowActions: [b], effect: EFFECT_ALLOW}\n',
  ),
  'a role policy that overrides its parent': rolePolicy(
    '    - {resource: a, allowActions: [b]}\n',
    '  scopePermissions: SCOPE_PERMISSIONS_OVERRIDE_PARENT\n',
  ),
  'a role policy’s version with a dash': rolePolicy(
    '    - {resource: a, allowActions: [b]}\n',
    '  version: a-b\n',
  ),
  'derived roles with a space in the name': policy(
    'derivedRoles:\n  name: a b\n  definitions: [{name: x, parentRoles: [y]}]\n',
  ),
  'a derived role with an empty parent': derived('    - {name: a, parentRoles: [""]}\n'),
  'a derived role with a parent given twice': derived('    - {name: a, parentRoles: [b, b]}\n'),
  'an unknown key in a derived role': derived('    - {name: a, parents: [b]}\n'),
  'derived roles with rules': derived('    - {name: a, parentRoles: [b]}\n', '  rules: []\n'),
  'exported variables with a bad name': policy('exportVariables:\n  name: "a/b"\n  definitions: {a: "1"}\n'),
  'exported variables as a list': policy('exportVariables:\n  name: a\n  definitions: [a]\n'),
  'exported constants with a bad name': policy('exportConstants:\n  name: "a b"\n  definitions: {a: 1}\n'),
  'a schema reference that is a number in a list': {
    'a.yaml': resource('  schemas: {principalSchema: [1]}\n'),
  },
  'a schema without a reference': {
    'a.yaml': resource('  schemas: {resourceSchema: {ignoreWhen: {actions: [a]}}}\n'),
  },
  'actions to ignore that are empty': {
    'a.yaml': resource('  schemas: {resourceSchema: {ref: "cerbos:///a.json", ignoreWhen: {actions: []}}}\n'),
  },

  // Schemas
  'a schema that is not there': { 'a.yaml': withSchema('cerbos:///none.json') },
  'schemas of which both are not there': {
    'a.yaml': resource(
      '  schemas:\n    principalSchema: {ref: "cerbos:///a.json"}\n    resourceSchema: {ref: "cerbos:///b.json"}\n',
    ),
  },
  'a schema that is no JSON': { 'a.yaml': withSchema('cerbos:///s.json'), '_schemas/s.json': '{' },
  'a schema with a type that does not exist': {
    'a.yaml': withSchema('cerbos:///s.json'),
    '_schemas/s.json': '{"type": "text"}',
  },
  'a schema that refers to one that is not there': {
    'a.yaml': withSchema('cerbos:///s.json'),
    '_schemas/s.json': '{"properties": {"a": {"$ref": "cerbos:///none.json"}}}',
  },
  'a schema with a bad pattern': {
    'a.yaml': withSchema('cerbos:///s.json'),
    '_schemas/s.json': '{"properties": {"a": {"pattern": "("}}}',
  },
  'a schema reference of another kind': { 'a.yaml': withSchema('ftp://example.org/s.json') },

  // Colons within braces
  'a colon in a list within braces': {
    'a.yaml': resource('', '    - {actions: [view:public], effect: EFFECT_ALLOW, roles: [user]}\n'),
  },
  'a colon and a star in a list within braces': {
    'a.yaml': resource('', '    - {actions: [view, view:*], effect: EFFECT_ALLOW, roles: [user]}\n'),
  },
};
