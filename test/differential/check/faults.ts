// Engines that are wrong in one way each: a comparison that does not notice them proves nothing.
import * as policy from '../../../server/policy';
import { policyEngineWith } from '../../support/policy/edited-engine';
import type { Edit, PolicyEngine } from '../../support/policy/edited-engine';
import type { GeneratedRequest } from '../support/generate/requests';
import type { Mode } from '../support/server';

/** An engine, and what becomes of a question before it is asked. */
interface Engine {
  readonly policy: PolicyEngine;
  readonly mode: (mode: Mode) => Mode;
  readonly request: (request: GeneratedRequest) => GeneratedRequest;
}

/** The engine as it is. */
export const sound: Engine = { policy, mode: (mode) => mode, request: (request) => request };

/** An engine in which a file of `server/policy` says something else. */
function edited(file: string, ...edits: readonly Edit[]): Fault {
  return async () => ({ ...sound, policy: await policyEngineWith(file, edits) });
}

/** An engine whose rule table has other parts. */
function table(parts: string): Fault {
  return edited('compile/policy-set.ts', ['return table;', `return { ...table, ${parts} };`]);
}

function mode(changes: Partial<Mode>): Fault {
  return () => ({ ...sound, mode: (given) => ({ ...given, ...changes }) });
}

/** An engine that takes each role for what another one makes of it, and kinds of resources alike. */
function names(of: (name: string) => string): Fault {
  return () => ({
    ...sound,
    request: ({ principal, resource, ...rest }) => ({
      ...rest,
      principal: { ...principal, roles: (principal['roles'] as readonly string[]).map(of) },
      resource: { ...resource, kind: of(resource['kind'] as string) },
    }),
  });
}

/** A name as far as the first of some characters. */
function until(separator: string): (name: string) => string {
  return (name) => {
    const at = name.indexOf(separator);
    return at > 0 ? name.slice(0, at) : name;
  };
}

/** Makes the faulty engine. */
type Fault = () => Engine | Promise<Engine>;

export const faults: Readonly<Record<string, Fault>> = {
  'an ALLOW beats a DENY of the same role': edited('decide/rule-check.ts', [
    'allows = true;',
    'allows = true; break;',
  ]),
  'a DENY for one role beats an ALLOW for another': edited('decide/decide.ts', [
    "forRole.effect === 'EFFECT_ALLOW'",
    'false',
  ]),
  'an allowance never needs the parents’ consent': edited('decide/lookup/scope-frame.ts', [
    "permissions === 'SCOPE_PERMISSIONS_OVERRIDE_PARENT'",
    'true',
  ]),
  'an allowance always needs the parents’ consent': edited('decide/lookup/scope-frame.ts', [
    "permissions === 'SCOPE_PERMISSIONS_OVERRIDE_PARENT'",
    'false',
  ]),
  'the condition of a derived role does not matter': edited('decide/scope-roles.ts', [
    'const holds = this.#context.holds(role.condition, this.#context.bindings(role.params));',
    'const holds = true;',
  ]),
  '“none” means “not all”': edited(
    'decide/context.ts',
    ["const stopAt = kind !== 'all';", "const stopAt = kind === 'any';"],
    ["return kind === 'any';", "return kind !== 'all';"],
    ["return kind !== 'any';", "return kind === 'all';"],
  ),
  'no output when a condition is not met': edited('decide/rule-check.ts', [
    'if (!expression)',
    "if (!expression || when === 'conditionNotMet')",
  ]),
  'no output when a rule is activated': edited('decide/rule-check.ts', [
    'if (!expression)',
    "if (!expression || when === 'ruleActivated')",
  ]),
  'a condition that cannot be evaluated holds': edited('decide/context.ts', [
    'return this.strict ? failure : false;',
    'return this.strict ? failure : true;',
  ]),
  'strict evaluation is as good as none': mode({ strictEvaluation: false }),
  'a scope without policies always falls back to its ancestors': mode({ lenientScopeSearch: true }),
  'a scope without policies never falls back to its ancestors': mode({ lenientScopeSearch: false }),
  'the configured version is not the default': mode({ defaultPolicyVersion: 'default' }),
  'the configured scope is not the default': mode({ defaultScope: '' }),
  'schemas are not looked at': mode({ schemaEnforcement: 'none' }),
  'a schema that warns rejects': mode({ schemaEnforcement: 'reject' }),
  'a schema that rejects warns': mode({ schemaEnforcement: 'warn' }),
  'there are no globals': mode({ globals: {} }),
  'tokens have no claims': () => ({
    ...sound,
    request: ({ principal, resource, actions }) => ({ principal, resource, actions }),
  }),
  'names end at a NUL': names(until('\u0000')),
  'names end at a comma': names(until(',')),
  'names end at a slash': names(until('/')),
  'names end at a number sign': names(until('#')),
  'names end at a line break': names(until('\n')),
  'space around names does not matter': names((name) => name.trim() || name),
  'names are normalized': names((name) => name.normalize('NFC')),
  'upper and lower case are the same': names((name) => name.toLowerCase()),
  'principal policies have no say': table('principals: new Map(), principalVersions: new Set()'),
  'role policies take nothing away': table('roles: new Map()'),
  'roles have no parents': table('parentRoles: new Map()'),
};
