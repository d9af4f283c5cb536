import type { Candidate, CompiledCondition, DerivedRole, RoleEntry, Rule } from '../../compile/table/rows';
import { nameMatches } from '../../names/name-matches';
import { tableKey } from '../../compile/table/table';
import type { RuleTable } from '../../compile/table/table';
import type { DerivedRoleStep, RuleStep, ScopeStep, Step } from '../../decide/recorder';
import type { CheckInput, CheckOptions } from '../../check-types';
import { matchesGlob } from '../../names/glob';
import { defaultVersion, orDefault, sanitize, scopeValue } from '../../names/names';
import type { SourceLocation } from '../../position';
import { ConditionTally, outcomesOf, sum } from './condition-tally';
import type {
  Coverage,
  CoverageTotals,
  DerivedRoleCoverage,
  FileCoverage,
  RuleCoverage,
} from './coverage-types';

type Tally<T> = { -readonly [K in keyof T]: T[K] } & { readonly condition?: ConditionTally };
type RuleTally = Tally<RuleCoverage>;
type RoleTally = Tally<DerivedRoleCoverage>;

/** Gathers coverage from the recorded steps of decisions. */
export class CoverageGatherer {
  readonly #table: RuleTable;
  readonly #rules = new Map<Rule['location'], RuleTally>();
  /** By place, because every policy that imports a derived role compiles it for itself. */
  readonly #derivedRoles = new Map<string, RoleTally>();

  constructor(table: RuleTable) {
    this.#table = table;
    for (const candidate of candidatesOf(table)) {
      this.#addRule(candidate);
    }
    for (const role of table.definedRoles) {
      this.#addDerivedRole(role);
    }
  }

  /** Counts the steps of one decision. */
  note(steps: readonly Step[], input: CheckInput, options: CheckOptions): void {
    for (const step of steps) {
      if (step.kind !== 'action') {
        continue;
      }
      for (const scope of step.steps) {
        if (scope.kind === 'scope') {
          this.#noteScope(scope, step.action, input, options);
        }
      }
    }
  }

  result(): Coverage {
    const byFile = new Map<string, { rules: RuleCoverage[]; derivedRoles: DerivedRoleCoverage[] }>();
    const at = ({ file }: SourceLocation): { rules: RuleCoverage[]; derivedRoles: DerivedRoleCoverage[] } => {
      const known = byFile.get(file) ?? { rules: [], derivedRoles: [] };
      byFile.set(file, known);
      return known;
    };
    for (const rule of this.#rules.values()) {
      at(rule.location).rules.push(rule);
    }
    for (const role of this.#derivedRoles.values()) {
      at(role.location).derivedRoles.push(role);
    }
    const files = [...byFile].map(([file, { rules, derivedRoles }]): FileCoverage => {
      rules.sort(byPlace);
      derivedRoles.sort(byPlace);
      return { file, rules, derivedRoles, totals: totalsOf(rules, derivedRoles) };
    });
    files.sort((a, b) => (a.file < b.file ? -1 : 1));
    const rules = files.flatMap((file) => file.rules);
    return {
      files,
      totals: totalsOf(
        rules,
        files.flatMap(({ derivedRoles }) => derivedRoles),
      ),
    };
  }

  #addRule(rule: Omit<Rule, 'effect'>): void {
    if (this.#rules.has(rule.location)) {
      return;
    }
    const condition = writtenCondition(rule);
    this.#rules.set(rule.location, {
      name: rule.name,
      fqn: rule.fqn,
      location: rule.location(),
      activated: 0,
      conditionNotMet: 0,
      derivedRoleNotEffective: 0,
      errored: 0,
      notReached: 0,
      ...(condition && { condition: new ConditionTally(condition) }),
    });
  }

  #addDerivedRole({ name, location, condition }: DerivedRole): void {
    const place = location();
    const key = keyOf(place);
    if (this.#derivedRoles.has(key)) {
      return;
    }
    this.#derivedRoles.set(key, {
      name,
      location: place,
      effective: 0,
      conditionNotMet: 0,
      noParentRole: 0,
      errored: 0,
      ...(condition && { condition: new ConditionTally(condition) }),
    });
  }

  #noteScope(scope: ScopeStep, action: string, input: CheckInput, options: CheckOptions): void {
    const looked = new Set<Candidate>();
    for (const step of scope.steps) {
      if (step.kind === 'derivedRole') {
        this.#noteDerivedRole(step);
      }
      if (step.kind !== 'rule') {
        continue;
      }
      looked.add(step.candidate);
      this.#noteRule(step);
    }
    for (const { candidate } of scope.entries) {
      const tally = looked.has(candidate) ? undefined : this.#rules.get(candidate.location);
      if (tally) {
        tally.notReached++;
      }
    }
    if (scope.policyKind === 'resource') {
      this.#noteLists(scope, action, input, options);
    }
  }

  #noteRule({ candidate, steps, outcome, remembered }: RuleStep): void {
    const tally = this.#rules.get(candidate.location);
    if (!tally) {
      return;
    }
    const isInverted = candidate.inverted === true;
    if (outcome === 'error') {
      tally.errored++;
    } else if (outcome === 'derived-role-not-effective') {
      tally.derivedRoleNotEffective++;
    } else if ((outcome === 'activated') !== isInverted) {
      tally.activated++;
    } else {
      tally.conditionNotMet++;
    }
    if (remembered === true || !tally.condition) {
      return;
    }
    const group = steps.find((each) => each.kind === 'group');
    tally.condition.note(isInverted ? (group?.steps ?? []) : steps);
  }

  #noteDerivedRole({ role, steps, outcome }: DerivedRoleStep): void {
    const tally = this.#derivedRoles.get(keyOf(role.location()));
    if (!tally) {
      return;
    }
    if (outcome === 'effective') {
      tally.effective++;
    } else if (outcome === 'condition-not-met') {
      tally.conditionNotMet++;
    } else if (outcome === 'error') {
      tally.errored++;
    } else {
      tally.noParentRole++;
    }
    tally.condition?.note(steps);
  }

  /**
   * An entry of a role policy without a condition is not a rule in the engine: it only keeps the action from being
   * denied.
   */
  #noteLists(scope: ScopeStep, action: string, { resource }: CheckInput, options: CheckOptions): void {
    const version = orDefault(
      resource.policyVersion,
      orDefault(options.defaultPolicyVersion, defaultVersion),
    );
    const rules = this.#table.roles.get(tableKey(version, scope.scope));
    if (!rules) {
      return;
    }
    const resourceScope = scopeValue(orDefault(resource.scope, options.defaultScope ?? ''));
    const parents = this.#table.parentRoles.get(resourceScope)?.get(scope.role) ?? [];
    const roles = new Set([scope.role, ...parents]);
    for (const { role, resource: pattern, actions, rule } of rules.entries) {
      if (rule.condition || rule.output || !roles.has(role)) {
        continue;
      }
      const isListed = actions.some((each) => each === action || matchesGlob(each, action));
      const tally =
        isListed && nameMatches(pattern, sanitize(resource.kind)) && this.#rules.get(rule.location);
      if (tally) {
        tally.activated++;
      }
    }
  }
}

function* candidatesOf(table: RuleTable): Generator<Candidate | RoleEntry['rule']> {
  const scopes = [
    ...[...table.resources.values()].flatMap((byScope) => [...byScope.values()]),
    ...[...table.principals.values()].flatMap((byScope) =>
      [...byScope.values()].flatMap((each) => [...each.values()]),
    ),
  ];
  for (const { rows } of scopes) {
    for (const { candidate } of rows) {
      yield candidate;
    }
  }
  for (const { entries } of table.roles.values()) {
    for (const { rule } of entries) {
      yield rule;
    }
  }
}

/** A rule's condition as its author wrote it. */
function writtenCondition({ condition, inverted }: Omit<Rule, 'effect'>): CompiledCondition | undefined {
  return inverted === true && condition && condition.kind !== 'expr' ? condition.of[0] : condition;
}

function totalsOf(
  rules: readonly RuleCoverage[],
  derivedRoles: readonly DerivedRoleCoverage[],
): CoverageTotals {
  return {
    rules: { covered: rules.filter(({ activated }) => activated > 0).length, total: rules.length },
    derivedRoles: {
      covered: derivedRoles.filter(({ effective }) => effective > 0).length,
      total: derivedRoles.length,
    },
    outcomes: sum(
      [...rules, ...derivedRoles].flatMap(({ condition }) => (condition ? [outcomesOf(condition)] : [])),
    ),
  };
}

function keyOf({ file, line, column }: SourceLocation): string {
  return `${file}\u0000${line}\u0000${column}`;
}

function byPlace(a: { readonly location: SourceLocation }, b: { readonly location: SourceLocation }): number {
  return a.location.line - b.location.line || a.location.column - b.location.column;
}
