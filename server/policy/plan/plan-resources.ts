import { tableOf } from '../compile/policy-set';
import type { PolicySet } from '../compile/policy-set';
import type { Candidate } from '../compile/rows';
import type { RuleTable } from '../compile/table';
import { lookupsOf } from '../decide/table-lookups';
import type { ScopeChain } from '../decide/scope-chain';
import type { RoleSet } from '../decide/role-sets';
import type { ScopeEntry } from '../decide/scope-entry';
import type { CheckOptions } from '../check-types';
import { defaultVersion, noPolicy, orDefault, scopeValue } from '../names';
import { enforceSchemas } from '../schemas/enforce';
import { Conditions, StrictFailure } from './conditions';
import { alwaysAllowed, alwaysDenied, filterOf, filterText } from './filter';
import type { Filter } from './filter';
import { add, constant, constantOf, join, not, termOfNode } from './node';
import type { Node } from './node';
import { expression } from './operand';
import type { Operand } from './operand';
import { RolePlan } from './role-plan';
import { call, literal } from './term';
import type { Term } from './term';
import { compareCodePoints } from './text';
import { operandOfNode } from './to-operand';
import type { PlanInput, PlanOutput } from './types';

/**
 * Finds out on which resources of a kind a principal may perform some actions, as Cerbos' `PlanResources` does.
 * @throws PlanningError for a condition from which the binary makes no filter either
 * @throws TypeError if the set did not come from `compilePolicySet`
 */
export function planResources(set: PolicySet, input: PlanInput, options: CheckOptions = {}): PlanOutput {
  return new Planning(tableOf(set), input, options).run();
}

class Planning {
  readonly #table: RuleTable;
  readonly #input: PlanInput;
  readonly #options: CheckOptions;
  readonly #conditions: Conditions;
  readonly #roleSet: RoleSet;
  readonly #resources: ScopeChain;
  readonly #principals: ScopeChain;
  readonly #roles = new Map<ScopeEntry, () => Term>();

  constructor(table: RuleTable, input: PlanInput, options: CheckOptions) {
    this.#table = table;
    this.#input = input;
    this.#options = options;
    const lookups = lookupsOf(table);
    this.#conditions = new Conditions(input, options);
    const { principal, resource } = input;
    const { lenientScopeSearch, defaultPolicyVersion, defaultScope = '' } = options;
    const lenient = lenientScopeSearch === true;
    const fallback = orDefault(defaultPolicyVersion, defaultVersion);
    const version = orDefault(resource.policyVersion, fallback);
    const scope = scopeValue(orDefault(resource.scope, defaultScope));
    this.#roleSet = lookups.roles.of(principal.roles, scope);
    this.#resources = lookups.resources(resource.kind, version, scope, lenient);
    this.#principals = lookups.principals({
      principal: principal.id,
      principalVersion: orDefault(principal.policyVersion, fallback),
      scope: scopeValue(orDefault(principal.scope, defaultScope)),
      lenient,
      kind: resource.kind,
      version,
    });
  }

  run(): PlanOutput {
    const nothing = Object.create(null) as Record<string, string>;
    if (this.#principals.scopes.length === 0 && this.#resources.scopes.length === 0) {
      return this.#output(alwaysDenied, noPolicy, nothing, []);
    }
    const { errors, rejects } = this.#validate();
    if (rejects) return this.#output(alwaysDenied, filterText(alwaysDenied), nothing, errors);
    const matchedScopes = nothing;
    const filters: Filter[] = [];
    let matched = false;
    for (const action of this.#input.actions) {
      const plan = this.#action(action);
      matchedScopes[action] = plan.scope;
      matched ||= plan.node !== undefined;
      filters.push(filterOf(operandOfNode(plan.node ?? constant(false))));
    }
    const filter = merged(filters);
    return this.#output(filter, matched ? filterText(filter) : noPolicy, matchedScopes, errors);
  }

  #output(
    filter: Filter,
    text: string,
    matchedScopes: PlanOutput['matchedScopes'],
    validationErrors: PlanOutput['validationErrors'],
  ): PlanOutput {
    const { requestId } = this.#input;
    return {
      ...(requestId !== undefined && { requestId }),
      filter,
      filterText: text,
      matchedScopes,
      validationErrors,
      evaluationErrors: this.#conditions.errors,
    };
  }

  #validate(): Pick<ReturnType<typeof enforceSchemas>, 'errors' | 'rejects'> {
    const { scopes, name } = this.#resources;
    const schemas = scopes.length > 0 ? this.#table.schemas.get(name) : undefined;
    return enforceSchemas(schemas, this.#input, this.#options.schemaEnforcement ?? 'none', true);
  }

  /** Resource policies first; what principal policies say comes before them. */
  #action(action: string): { readonly node: Node | undefined; readonly scope: string } {
    let scope = '';
    let node: Node | undefined;
    let mayAllow = false;
    const matches = (matched: string): void => {
      scope = matched;
    };
    try {
      for (const scopeChain of [this.#resources, this.#principals]) {
        const { allow, deny } = this.#scopeChain(scopeChain, action, matches);
        mayAllow ||= allow !== undefined;
        if (allow) node = node ? join('or', [allow, node]) : allow;
        if (deny) node = node ? join('and', [not(deny), node]) : not(deny);
      }
    } catch (error) {
      if (!(error instanceof StrictFailure)) throw error;
      return { node: constant(false), scope };
    }
    return { node: node && (mayAllow ? node : constant(false)), scope };
  }

  #scopeChain(
    scopeChain: ScopeChain,
    action: string,
    matches: (scope: string) => void,
  ): { readonly allow?: Node | undefined; readonly deny?: Node | undefined } {
    let allow: Node | undefined;
    let deny: Node | undefined;
    // Principal policies speak to the principal whatever its roles.
    const { chains } = this.#roleSet;
    const asked = scopeChain.kind === 'principal' ? chains.slice(0, 1) : chains;
    for (const chain of asked) {
      const plan = new RolePlan();
      for (const scope of scopeChain.scopes) {
        if (plan.isSettled) break;
        const roles = scopeChain.kind === 'resource' ? this.#rolesAt(scope) : noRoles;
        for (const { candidate } of scope.entries(action, chain)) {
          const node = this.#candidate(candidate, roles);
          plan.addRule(candidate, node);
        }
        if (plan.endScope(scope.permissions)) matches(scope.scope);
      }
      const said = plan.end();
      if (said.deny === undefined && constantOf(said.allow) === true) {
        return { allow: said.allow };
      }
      allow = add(allow, said.allow);
      deny = add(deny, said.deny);
    }
    return { allow, deny };
  }

  #candidate({ condition, params, derivedRole }: Candidate, roles: () => Term): Node {
    const node = this.#conditions.evaluate(condition, params, roles);
    if (!derivedRole?.condition) return node;
    const through = this.#conditions.evaluate(derivedRole.condition, derivedRole.params, roles);
    return condition ? { kind: 'and', of: [node, through] } : through;
  }

  /** A term for the derived roles in effect at a scope, which depend on the resource. */
  #rolesAt(scope: ScopeEntry): () => Term {
    let roles = this.#roles.get(scope);
    if (!roles) this.#roles.set(scope, (roles = this.#findRoles(scope)));
    return roles;
  }

  #findRoles(scope: ScopeEntry): () => Term {
    const found: { readonly name: string; readonly node: Node }[] = [];
    let failure: StrictFailure | undefined;
    for (const { role } of scope.derivedRoles) {
      if (!this.#roleSet.haveParentOf(role)) continue;
      try {
        const node = this.#conditions.evaluate(role.condition, role.params, noRoles);
        found.push({ name: role.name, node });
      } catch (error) {
        if (!(error instanceof StrictFailure)) throw error;
        failure = error;
      }
    }
    found.sort((a, b) => compareCodePoints(a.name, b.name));
    const term = sum(
      found.map(({ name, node }) =>
        call('_?_:_', termOfNode(node), { kind: 'list', elements: [literal(name)], optional: [] }, noRoles()),
      ),
    );
    return () => {
      if (failure) throw failure;
      return term;
    };
  }
}

function noRoles(): Term {
  return { kind: 'list', elements: [], optional: [] };
}

/** `a + (b + c)` */
function sum([first, ...others]: readonly Term[]): Term {
  if (!first) return noRoles();
  return others.length === 0 ? first : call('_+_', first, sum(others));
}

/** The resources for which all filters hold; filters that say the same count once. */
function merged(filters: readonly Filter[]): Filter {
  const conditions = new Map<string, Operand>();
  for (const filter of filters) {
    if (filter.kind === 'KIND_ALWAYS_DENIED') return alwaysDenied;
    if (filter.kind === 'KIND_CONDITIONAL') conditions.set(filterText(filter), filter.condition);
  }
  const sorted = [...conditions].sort(([a], [b]) => compareCodePoints(a, b)).map(([, each]) => each);
  const [only] = sorted;
  if (!only) return alwaysAllowed;
  return {
    kind: 'KIND_CONDITIONAL',
    condition: sorted.length === 1 ? only : expression('and', ...sorted),
  };
}
