// Engines that are wrong in one way each: a comparison that does not notice them proves nothing.
import type { PolicySet } from '../../../server/policy';
import { tableOf } from '../../../server/policy/compile/policy-set';
import type { RuleTable } from '../../../server/policy/compile/table/table';
import { cerbos } from '../../../server/policy/decide/semantics';
import type { Semantics } from '../../../server/policy/decide/semantics';
import type { GeneratedRequest } from '../support/generate/requests';
import type { Mode } from '../support/server';

/** What an engine makes of a question before it answers. */
export interface Engine {
  readonly semantics: Semantics;
  readonly table: (set: PolicySet) => RuleTable;
  readonly mode: (mode: Mode) => Mode;
  readonly request: (request: GeneratedRequest) => GeneratedRequest;
}

/** The engine as it is. */
export const sound: Engine = {
  semantics: cerbos,
  table: tableOf,
  mode: (mode) => mode,
  request: (request) => request,
};

function meaning(changes: Partial<Semantics>): Engine {
  return { ...sound, semantics: { ...cerbos, ...changes } };
}

function table(changes: Partial<RuleTable>): Engine {
  return { ...sound, table: (set) => ({ ...tableOf(set), ...changes }) };
}

function mode(changes: Partial<Mode>): Engine {
  return { ...sound, mode: (given) => ({ ...given, ...changes }) };
}

/** An engine that takes each role for what another one makes of it, and kinds of resources alike. */
function names(of: (name: string) => string): Engine {
  return {
    ...sound,
    request: ({ principal, resource, ...rest }) => ({
      ...rest,
      principal: { ...principal, roles: (principal['roles'] as readonly string[]).map(of) },
      resource: { ...resource, kind: of(resource['kind'] as string) },
    }),
  };
}

/** A name as far as the first of some characters. */
function until(separator: string): (name: string) => string {
  return (name) => {
    const at = name.indexOf(separator);
    return at > 0 ? name.slice(0, at) : name;
  };
}

export const faults: Readonly<Record<string, Engine>> = {
  'an ALLOW beats a DENY of the same role': meaning({ denyBeatsAllow: false }),
  'a DENY for one role beats an ALLOW for another': meaning({ anyRoleMayAllow: false }),
  'an allowance never needs the parents’ consent': meaning({ allowIsFinal: () => true }),
  'an allowance always needs the parents’ consent': meaning({ allowIsFinal: () => false }),
  'the condition of a derived role does not matter': meaning({ derivedRolesHaveConditions: false }),
  '“none” means “not all”': meaning({ none: (held) => held.includes(false) }),
  'no output when a condition is not met': meaning({
    outputs: { ruleActivated: true, conditionNotMet: false },
  }),
  'no output when a rule is activated': meaning({ outputs: { ruleActivated: false, conditionNotMet: true } }),
  'a condition that cannot be evaluated holds': meaning({ erroringCondition: true }),
  'strict evaluation is as good as none': mode({ strictEvaluation: false }),
  'a scope without policies always falls back to its ancestors': mode({ lenientScopeSearch: true }),
  'a scope without policies never falls back to its ancestors': mode({ lenientScopeSearch: false }),
  'the configured version is not the default': mode({ defaultPolicyVersion: 'default' }),
  'the configured scope is not the default': mode({ defaultScope: '' }),
  'schemas are not looked at': mode({ schemaEnforcement: 'none' }),
  'a schema that warns rejects': mode({ schemaEnforcement: 'reject' }),
  'a schema that rejects warns': mode({ schemaEnforcement: 'warn' }),
  'there are no globals': mode({ globals: {} }),
  'tokens have no claims': {
    ...sound,
    request: ({ principal, resource, actions }) => ({ principal, resource, actions }),
  },
  'names end at a NUL': names(until('\u0000')),
  'names end at a comma': names(until(',')),
  'names end at a slash': names(until('/')),
  'names end at a number sign': names(until('#')),
  'names end at a line break': names(until('\n')),
  'space around names does not matter': names((name) => name.trim() || name),
  'names are normalized': names((name) => name.normalize('NFC')),
  'upper and lower case are the same': names((name) => name.toLowerCase()),
  'principal policies have no say': table({ principals: new Map(), principalVersions: new Set() }),
  'role policies take nothing away': table({ roles: new Map() }),
  'roles have no parents': table({ parentRoles: new Map() }),
};
