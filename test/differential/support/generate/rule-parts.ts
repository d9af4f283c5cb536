// The parts of policies and their rules: variables and constants, conditions, outputs.
import type { JsonObject, JsonValue } from '../../../../server/policy';
import type { Random } from '../../../random';
import { condition, libraryCalls, outputValue } from './expressions';
import type { Names } from './expressions';
import type { Feature } from './features';
import { consentScopes } from './vocabulary';
import type { Vocabulary } from './vocabulary';

/** The definitions that policies import. Some have names that are words of CEL. */
export const exportedVariables = ['far', '_near', 'for', 'both'] as const;

/** The names for expressions that stand outside of any policy. */
export function onlyRequests(vocabulary: Vocabulary): Names {
  return { variables: [], constants: [], derivedRoles: [], vocabulary };
}

/** Variables and constants of a policy, and what its expressions can name. */
export function definitions(
  random: Random,
  vocabulary: Vocabulary,
  used: Set<Feature>,
  derivedRoles: readonly string[] = [],
): { names: Names; body: JsonObject } {
  const variables: string[] = [];
  const constants: string[] = [];
  const local: Record<string, string> = {};
  const body: Record<string, JsonValue> = {};
  if (random.chance(0.6)) {
    variables.push('size', 'chain');
    local['size'] = condition(random, onlyRequests(vocabulary), 1);
    local['chain'] = random.pick(['V.size', '!V.size', 'V.size || R.attr.flag']);
    used.add('local variable');
  }
  const imports = random.chance(0.6);
  if (imports) {
    variables.push(...exportedVariables);
    used.add('exported variable');
  }
  if (variables.length > 0) {
    body['variables'] = {
      ...(imports && { import: ['shared.vars'] }),
      ...(Object.keys(local).length > 0 && { local }),
    };
  }
  const importsConstants = random.chance(0.5);
  const ownConstants = random.chance(0.5);
  if (importsConstants) {
    constants.push('limit', 'few');
    used.add('exported constant');
  }
  if (ownConstants) {
    constants.push('own');
    used.add('local constant');
  }
  if (constants.length > 0) {
    body['constants'] = {
      ...(importsConstants && { import: ['shared-consts'] }),
      ...(ownConstants && { local: { own: random.below(4) } }),
    };
  }
  return { names: { variables, constants, derivedRoles, vocabulary }, body };
}

/** A condition of a rule or of a derived role. */
export function conditionOf(random: Random, names: Names, used: Set<Feature>): JsonObject {
  return { match: match(random, names, used, 2) };
}

function match(random: Random, names: Names, used: Set<Feature>, depth: number): JsonObject {
  const kind = depth > 0 ? random.pick(['expr', 'expr', 'expr', 'all', 'any', 'none'] as const) : 'expr';
  used.add(`${kind} condition`);
  if (kind === 'expr') {
    const expr = condition(random, names, 1);
    if (/\bG\.|globals\./.test(expr)) {
      used.add('globals');
    }
    if (expr.includes('jwt')) {
      used.add('claims of a token');
    }
    if (libraryCalls.test(expr)) {
      used.add('function beyond CEL’s own');
    }
    if (expr.includes('runtime.')) {
      used.add('effective derived roles');
    }
    return { expr };
  }
  const of = Array.from({ length: 1 + random.below(3) }, () => match(random, names, used, depth - 1));
  return { [kind]: { of } };
}

/** The output of a rule that can match in so many ways, if it has one. */
export function outputOf(random: Random, names: Names, effect: string, ways: number): JsonObject {
  if (random.chance(0.5)) {
    return {};
  }
  if (random.chance(0.15)) {
    return { output: { expr: outputValue(random, names) } };
  }
  // Where a rule can match in several ways, which of them a denial meets first is random in `cerbos 0.55`.
  const notMet = (effect === 'EFFECT_ALLOW' || ways === 1) && random.chance(0.6);
  return {
    output: {
      when: {
        ...((!notMet || random.chance(0.5)) && { ruleActivated: outputValue(random, names) }),
        // `cerbos 0.55` mistakes an output for another rule's that has the same expression under the other key.
        ...(notMet && { conditionNotMet: `["not met", ${outputValue(random, names)}]` }),
      },
    },
  };
}

/** A policy's scope, and what that scope does with allowances. */
export function scopeOf(scope: string): JsonObject {
  return {
    ...(scope !== '' && { scope }),
    ...(consentScopes.has(scope) && {
      scopePermissions: 'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS',
    }),
  };
}
