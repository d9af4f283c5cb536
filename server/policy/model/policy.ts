import { importName, optionalVersion, ruleName, scopeName, subjectName, versionName } from './patterns';
import { boolean, field, integer, json, lazy, list, map, message, oneOf, text } from './schema';
import type { Located, Model, Type } from './schema';

// The messages of policies, as `cerbos/policy/v1/policy.proto` has them.

export type Effect = 'EFFECT_ALLOW' | 'EFFECT_DENY';
const effectNames = ['EFFECT_UNSPECIFIED', 'EFFECT_ALLOW', 'EFFECT_DENY', 'EFFECT_NO_MATCH'] as const;
export const effect = oneOf(effectNames, ['EFFECT_ALLOW', 'EFFECT_DENY']);

const scopePermissionNames = [
  'SCOPE_PERMISSIONS_UNSPECIFIED',
  'SCOPE_PERMISSIONS_OVERRIDE_PARENT',
  'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS',
] as const;
export type ScopePermissions = (typeof scopePermissionNames)[number];

const expression = text({ holds: 'cel' });
const actionName = text({ minLength: 1, holds: 'action' });
const roleName = text({ minLength: 1, holds: 'role' });
const derivedRoleName = text({ pattern: importName, holds: 'derived-role' });
const scopeField = field(text({ pattern: scopeName, holds: 'scope' }), {
  doc: 'The scope that this policy is for, with dots between its segments. A scoped policy needs one at each ancestor scope.',
});
const requiredVersion = field(text({ pattern: versionName, holds: 'version' }), {
  required: true,
  doc: 'The policy’s version; `default` where a request names none.',
});

export interface MatchList {
  readonly of?: Located<readonly Located<Match>[]>;
}
/** A condition: exactly one of the four. */
export interface Match {
  readonly all?: Located<MatchList>;
  readonly any?: Located<MatchList>;
  readonly none?: Located<MatchList>;
  readonly expr?: Located<string>;
}

const matchList: Type<MatchList> = message('Match.ExprList', {
  of: field(list(lazy((): Type<Match> => match)), {
    required: true,
    doc: 'The conditions that this one is made of.',
  }),
});
const match: Type<Match> = message('Match', {
  all: field(matchList, { oneof: 'op', doc: 'True if every one of the conditions is.' }),
  any: field(matchList, { oneof: 'op', doc: 'True if at least one of the conditions is.' }),
  none: field(matchList, { oneof: 'op', doc: 'True if no one of the conditions is.' }),
  expr: field(expression, { oneof: 'op', doc: 'A CEL expression; anything but `true` counts as false.' }),
});

const condition = message('Condition', {
  match: field(match, { oneof: 'condition', doc: 'What must hold.' }),
  script: field(text(), { oneof: 'condition', deprecated: 'match' }),
});
const conditionField = field(condition, { doc: 'When the rule applies; always, if left out.' });

const output = message('Output', {
  expr: field(expression, { deprecated: 'when.ruleActivated' }),
  when: field(
    message('Output.When', {
      ruleActivated: field(expression, { doc: 'Evaluated when the rule applies.' }),
      conditionNotMet: field(expression, {
        doc: 'Evaluated when the rule matches but its condition does not hold.',
      }),
    }),
    { doc: 'What the decision says beyond its effect.' },
  ),
});
const outputField = field(output, { doc: 'A value that is handed back with the decision.' });

const importList = (what: string) =>
  field(list(text({ pattern: importName, holds: 'import' })), {
    unique: true,
    doc: `Names of exported ${what}.`,
  });

const variables = message('Variables', {
  import: importList('variables'),
  local: field(map(expression), { doc: 'Expressions by name, readable as `V.name`.' }),
});
const constants = message('Constants', {
  import: importList('constants'),
  local: field(map(json), { doc: 'Values by name, readable as `C.name`.' }),
});
const variablesField = field(variables, {
  doc: 'Named expressions that conditions and outputs can read as `V.name`.',
});
const constantsField = field(constants, { doc: 'Named values that expressions can read as `C.name`.' });

const nameField = field(text({ pattern: ruleName }), {
  doc: 'A name, unique within the policy; it appears in decisions and outputs.',
});
const scopePermissionsField = field(oneOf(scopePermissionNames), {
  doc: 'Whether this scope’s decisions override those of its parents, or its allowances need their consent.',
});

const resourceRule = message('ResourceRule', {
  name: nameField,
  actions: field(list(actionName), {
    required: true,
    unique: true,
    doc: 'The actions that the rule is about; `*` stands for any, `:` separates segments.',
  }),
  effect: field(effect, { required: true, doc: 'Whether the rule allows or denies.' }),
  roles: field(list(roleName), {
    unique: true,
    doc: 'The principal’s roles that the rule is about; `*` is any.',
  }),
  derivedRoles: field(list(derivedRoleName), { unique: true, doc: 'Derived roles that the rule is about.' }),
  condition: conditionField,
  output: outputField,
});

const ignoreWhen = message('Schemas.IgnoreWhen', {
  actions: field(list(actionName), { required: true, unique: true }),
});
const schema = message('Schemas.Schema', {
  ref: field(text({ minLength: 1 }), {
    required: true,
    doc: 'Where the JSON schema is, such as `cerbos:///file.json`.',
  }),
  ignoreWhen: field(ignoreWhen, { doc: 'Requests that need not be valid.' }),
});

const resourcePolicy = message('ResourcePolicy', {
  resource: field(text({ pattern: subjectName, holds: 'kind' }), {
    required: true,
    doc: 'The kind of resource.',
  }),
  version: requiredVersion,
  scope: scopeField,
  scopePermissions: scopePermissionsField,
  importDerivedRoles: field(list(text({ pattern: importName, holds: 'import' })), {
    unique: true,
    doc: 'Sets of derived roles that the rules can use.',
  }),
  variables: variablesField,
  constants: constantsField,
  schemas: field(message('Schemas', { principalSchema: field(schema), resourceSchema: field(schema) }), {
    doc: 'JSON schemas for the attributes of principals and resources.',
  }),
  rules: field(list(resourceRule), { doc: 'Who may do what, and when.' }),
});

const principalAction = message('PrincipalRule.Action', {
  name: nameField,
  action: field(actionName, { required: true, doc: 'The action that the rule is about.' }),
  effect: field(effect, { required: true, doc: 'Whether the rule allows or denies.' }),
  condition: conditionField,
  output: outputField,
});

const principalPolicy = message('PrincipalPolicy', {
  principal: field(text({ pattern: subjectName }), { required: true, doc: 'The id of the principal.' }),
  version: requiredVersion,
  scope: scopeField,
  scopePermissions: scopePermissionsField,
  variables: variablesField,
  constants: constantsField,
  rules: field(
    list(
      message('PrincipalRule', {
        resource: field(text({ minLength: 1, holds: 'kind' }), {
          required: true,
          doc: 'The kind of resource.',
        }),
        actions: field(list(principalAction), { required: true, doc: 'What this principal may do with it.' }),
      }),
    ),
    { doc: 'What this principal may or may not do, whatever its roles.' },
  ),
});

const rolePolicy = message('RolePolicy', {
  role: field(text({ pattern: subjectName, holds: 'role' }), { oneof: 'policyType', doc: 'The role.' }),
  version: field(text({ pattern: optionalVersion, holds: 'version' }), { doc: 'The policy’s version.' }),
  scope: scopeField,
  parentRoles: field(list(roleName), {
    unique: true,
    doc: 'Roles whose rights this one has, as far as it lists them.',
  }),
  scopePermissions: field(
    oneOf(scopePermissionNames, [
      'SCOPE_PERMISSIONS_UNSPECIFIED',
      'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS',
    ]),
    { deprecated: 'nothing; it has no effect' },
  ),
  variables: variablesField,
  constants: constantsField,
  rules: field(
    list(
      message('RoleRule', {
        name: nameField,
        resource: field(text({ minLength: 1, holds: 'kind' }), {
          required: true,
          doc: 'The kind of resource.',
        }),
        allowActions: field(list(actionName), {
          required: true,
          unique: true,
          doc: 'All that the role may do with it.',
        }),
        condition: conditionField,
        output: outputField,
      }),
    ),
    { doc: 'All that the role may do: what is not listed is denied.' },
  ),
});

const exportName = field(text({ pattern: importName, minLength: 1 }), {
  required: true,
  doc: 'The name that policies import it by.',
});

const derivedRoles = message('DerivedRoles', {
  name: exportName,
  variables: variablesField,
  constants: constantsField,
  definitions: field(
    list(
      message('RoleDef', {
        name: field(derivedRoleName, { required: true, doc: 'The derived role’s name.' }),
        parentRoles: field(list(roleName), {
          required: true,
          unique: true,
          doc: 'The principal has the derived role only if it has one of these; `*` is any.',
        }),
        condition: field(condition, { doc: 'When the principal has the derived role.' }),
      }),
    ),
    { required: true, doc: 'Roles that a principal has by what it and the resource are like.' },
  ),
});

const exportVariables = message('ExportVariables', {
  name: exportName,
  definitions: field(map(expression), { doc: 'Expressions by name.' }),
});

const exportConstants = message('ExportConstants', {
  name: exportName,
  definitions: field(map(json), { doc: 'Values by name.' }),
});

export const policy = message('Policy', {
  apiVersion: field(text({ equals: 'api.cerbos.dev/v1' }), {
    required: true,
    doc: 'Always `api.cerbos.dev/v1`.',
  }),
  disabled: field(boolean, { doc: 'A disabled policy is checked for its form but never decides.' }),
  description: field(text()),
  metadata: field(
    message('Metadata', {
      sourceFile: field(text()),
      annotations: field(map(text()), { doc: 'Your own notes, by name.' }),
      hash: field(integer),
      storeIdentifer: field(text(), { deprecated: 'storeIdentifier' }),
      storeIdentifier: field(text()),
      sourceAttributes: field(message('SourceAttributes', { attributes: field(map(json)) })),
    }),
    { doc: 'Notes about the policy.' },
  ),
  variables: field(map(expression), { deprecated: 'the policy’s own `variables.local`' }),
  resourcePolicy: field(resourcePolicy, { oneof: 'policyType', doc: 'Rules about one kind of resource.' }),
  principalPolicy: field(principalPolicy, { oneof: 'policyType', doc: 'Rules about one principal.' }),
  rolePolicy: field(rolePolicy, { oneof: 'policyType', doc: 'All that one role may do.' }),
  derivedRoles: field(derivedRoles, { oneof: 'policyType', doc: 'Roles that depend on context.' }),
  exportVariables: field(exportVariables, {
    oneof: 'policyType',
    doc: 'Variables that policies can import.',
  }),
  exportConstants: field(exportConstants, {
    oneof: 'policyType',
    doc: 'Constants that policies can import.',
  }),
  $schema: field(text()),
});

export type Policy = Model<typeof policy>;
export type ResourcePolicy = Model<typeof resourcePolicy>;
export type ResourceRule = Model<typeof resourceRule>;
export type PrincipalPolicy = Model<typeof principalPolicy>;
export type RolePolicy = Model<typeof rolePolicy>;
export type DerivedRoles = Model<typeof derivedRoles>;
export type ExportVariables = Model<typeof exportVariables>;
export type ExportConstants = Model<typeof exportConstants>;
export type Condition = Model<typeof condition>;
export type Output = Model<typeof output>;
export type Variables = Model<typeof variables>;
export type Constants = Model<typeof constants>;
export type SchemaReference = Model<typeof schema>;
