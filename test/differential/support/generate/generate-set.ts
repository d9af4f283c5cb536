import type { Random } from '../../../random';
import { Draft } from './draft';
import type { GeneratedSet } from './draft';
import { addDerivedRoles, addExports, addPrincipalPolicy, addRolePolicy } from './other-policies';
import { addResourcePolicy, schemaNames } from './resource-policies';
import { attributeSchema, sharedSchema } from './schemas';
import { derivedRoleSets, parentScopes, plainNames, scopes, secondVersion } from './vocabulary';
import type { Vocabulary } from './vocabulary';

/** Generates a policy set in which every feature occurs. */
export function generateSet(random: Random, names: Vocabulary = plainNames): GeneratedSet {
  const draft = new Draft(random, names);
  addExports(draft);
  draft.addSchema('shared', sharedSchema);
  for (const name of schemaNames) {
    draft.addSchema(name, attributeSchema(random));
  }
  for (const [name, roles] of Object.entries(derivedRoleSets)) {
    addDerivedRoles(draft, name, roles);
  }
  const { kinds, looseKinds, principals } = names;
  for (const kind of [...kinds, ...looseKinds]) {
    for (const scope of scopes) {
      if (!parentScopes.has(scope) && random.chance(0.4)) {
        continue;
      }
      addResourcePolicy(draft, kind, 'default', scope);
      if (kind === kinds[2]) {
        addResourcePolicy(draft, kind, secondVersion, scope);
      }
    }
  }
  for (const principal of principals.slice(0, 2)) {
    for (const scope of ['', 'open', 'consent'] as const) {
      addPrincipalPolicy(draft, principal, 'default', scope);
    }
  }
  addPrincipalPolicy(draft, principals[2] ?? '', secondVersion, '');
  addRolePolicies(draft);
  return draft;
}

function addRolePolicies(draft: Draft): void {
  const [, user = '', guest = '', dev = ''] = draft.names.roles;
  const { clerk, scribe, trainee } = draft.names.limited;
  addRolePolicy(draft, clerk, [scribe], 'default', 'open');
  addRolePolicy(draft, scribe, [user, dev], 'default', 'open');
  addRolePolicy(draft, scribe, [guest], 'default', '');
  // `cerbos 0.55` keeps the parents of a role for each scope but not for each version: two versions must agree.
  addRolePolicy(draft, scribe, [guest], secondVersion, '');
  draft.addRolePolicy(trainee, 'default', '', { parentRoles: [user] });
}
