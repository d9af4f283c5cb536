import { dynType, listType, mapType, messageType, stringType } from '../../cel';
import type { FieldDeclaration, MessageDeclaration, VariableDeclaration, CelType } from '../../cel';
import { cerbosTypeNames } from './type-names';

const attributes = mapType(stringType, dynType);

/** A field under its protobuf name and, if that differs, its JSON name; both work in expressions. */
function field(names: readonly string[], type: CelType, documentation: string): FieldDeclaration[] {
  return names.map((name) => ({ name, type, documentation }));
}

const version = field(
  ['policyVersion', 'policy_version'],
  stringType,
  'The version of the policies that apply, or an empty string.',
);
const scope = field(['scope'], stringType, 'The scope to search policies from, or an empty string.');

/** The types of Cerbos' variables (Cerbos documentation, "Conditions"). */
export const cerbosTypes: readonly MessageDeclaration[] = [
  {
    name: cerbosTypeNames.request,
    fields: [
      ...field(['principal'], messageType(cerbosTypeNames.principal), 'Who acts.'),
      ...field(['resource'], messageType(cerbosTypeNames.resource), 'What is acted on.'),
      ...field(
        ['auxData', 'aux_data'],
        messageType(cerbosTypeNames.auxData),
        'Further data, such as the claims of a token.',
      ),
    ],
  },
  {
    name: cerbosTypeNames.principal,
    fields: [
      ...field(['id'], stringType, "The principal's identifier."),
      ...field(['roles'], listType(stringType), "The principal's roles."),
      ...field(['attr'], attributes, "The principal's attributes, as the caller sent them."),
      ...version,
      ...scope,
    ],
  },
  {
    name: cerbosTypeNames.resource,
    fields: [
      ...field(['kind'], stringType, 'The kind of resource, which selects the policy.'),
      ...field(['id'], stringType, "The resource's identifier."),
      ...field(['attr'], attributes, "The resource's attributes, as the caller sent them."),
      ...version,
      ...scope,
    ],
  },
  {
    name: cerbosTypeNames.auxData,
    fields: [
      ...field(['jwt'], attributes, 'The claims of a verified JWT.'),
      ...field(
        ['jwts'],
        mapType(stringType, messageType(cerbosTypeNames.token)),
        'Several verified JWTs, by the names that the caller gave them.',
      ),
    ],
  },
  { name: cerbosTypeNames.token, fields: field(['claims'], attributes, "The JWT's claims.") },
  {
    name: cerbosTypeNames.runtime,
    fields: field(
      ['effectiveDerivedRoles', 'effective_derived_roles'],
      listType(stringType),
      'The derived roles that the principal has for this resource, sorted.',
    ),
  },
  { name: cerbosTypeNames.variables, fields: [], open: true },
];

function variable(names: readonly string[], typeName: string, documentation: string): VariableDeclaration[] {
  return names.map((name) => ({ name, type: messageType(typeName), documentation }));
}

/** The variables of every condition (Cerbos documentation, "Conditions"). */
export const cerbosVariables: readonly VariableDeclaration[] = [
  ...variable(['request'], cerbosTypeNames.request, 'The request: principal, resource and further data.'),
  ...variable(['P'], cerbosTypeNames.principal, 'The principal: short for `request.principal`.'),
  ...variable(['R'], cerbosTypeNames.resource, 'The resource: short for `request.resource`.'),
  ...variable(['runtime'], cerbosTypeNames.runtime, 'What is computed while the request is decided.'),
  ...variable(['constants', 'C'], cerbosTypeNames.variables, "The policy's constants."),
  ...variable(['variables', 'V'], cerbosTypeNames.variables, "The policy's variables."),
  ...variable(
    ['globals', 'G'],
    cerbosTypeNames.variables,
    'Values from the configuration of the decision point.',
  ),
];
