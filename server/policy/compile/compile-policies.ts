import type { JsonValue } from '../../cel';
import { locate } from '../issues';
import type { Severity } from '../issues';
import type { ResourceRule } from '../model/policy';
import type { Located } from '../model/schema';
import { orDefault, principalPolicyName, resourcePolicyName, rolePolicyName, sanitize } from '../names';
import type { SourceLocation } from '../position';
import { Definitions } from './definitions';
import type { Usage } from './definitions';
import { importedDerivedRoles } from './derived-roles';
import type { LinkedSet } from './link';
import { isExecutable } from './modules';
import type { Module } from './modules';
import { PartCompiler } from './parts';
import type { Reporter } from './reporter';
import type { Candidate, CompiledCondition, DerivedRole, Params, RoleEntry, Row, Rule } from './rows';
import type { RuleTable } from './table';
import { TableBuilder } from './table-builder';

/** Compiles the policies of a linked set into a table of rules, and reports everything wrong with what they mean. */
export function compilePolicies(linked: LinkedSet, reporter: Reporter): RuleTable {
  const compiler = new Compiler(linked, reporter);
  for (const module of linked.all) if (isExecutable(module.kind)) compiler.compile(module, 'error');
  // What nothing imports is not compiled by the binary; what is wrong in it is worth a warning.
  for (const module of linked.all) if (!isExecutable(module.kind)) compiler.compile(module, 'warning');
  return compiler.table();
}

class Compiler {
  readonly #linked: LinkedSet;
  readonly #reporter: Reporter;
  readonly #definitions = new Map<Module, Definitions>();
  readonly #derivedRoleSets = new Map<Module, ReadonlyMap<string, DerivedRole>>();
  readonly #params = new Map<string, Params>();
  readonly #deciding: ReadonlySet<Module>;
  readonly #builder = new TableBuilder();

  constructor(linked: LinkedSet, reporter: Reporter) {
    this.#linked = linked;
    this.#reporter = reporter;
    this.#deciding = new Set(linked.modules);
  }

  table(): RuleTable {
    return this.#builder.build(this.#linked);
  }

  /** Compiles a policy; one whose definitions are too deep to follow is an error, not a crash. */
  compile(module: Module, severity: Severity): void {
    if (module.document.policy.disabled?.value === true) return;
    try {
      this.#compileKind(module, severity);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const message = 'definitions depend on each other too deeply; make the chain shorter';
      this.#reporter.report({ code: 'too-large', message, file: module.file, span: module.located.span });
    }
  }

  #compileKind(module: Module, severity: Severity): void {
    switch (module.kind) {
      case 'resourcePolicy':
        this.#resourcePolicy(module);
        break;
      case 'principalPolicy':
        this.#principalPolicy(module);
        break;
      case 'rolePolicy':
        this.#rolePolicy(module);
        break;
      case 'derivedRoles':
        this.#derivedRoleSet(module, severity);
        break;
      case 'exportVariables':
      case 'exportConstants':
        this.#definitionsOf(module, severity);
    }
  }

  #resourcePolicy(module: Module): void {
    const policy = module.document.policy.resourcePolicy?.value;
    if (!policy) return;
    const parts = this.#parts(module, 'error');
    const derivedRoles = importedDerivedRoles(module, this.#linked, this.#reporter, (from) =>
      this.#derivedRoleSet(from, 'error'),
    );
    for (const schema of [policy.schemas?.value.principalSchema, policy.schemas?.value.resourceSchema]) {
      if (schema) this.#notSupportedYet(module, schema, 'Schemas are not supported yet');
    }
    const drafts = (policy.rules?.value ?? []).map((located, index) => ({
      located,
      name: orDefault(located.value.name?.value, ruleNumber(index)),
      ...parts.rule(located.value),
    }));
    const params = this.#paramsOf(module, parts.usage);
    const prefix = resourcePolicyName(sanitize(module.name), module.version, module.scope);
    const rows: Row[] = [];
    const used = new Map<string, DerivedRole>();
    for (const { located, ...draft } of drafts) {
      const rule = this.#rule(module, located, prefix, params, draft);
      if (rule) addRows(rows, located.value, rule, derivedRoles, used);
    }
    if (!this.#deciding.has(module)) return;
    this.#builder.addResource(
      module,
      rows,
      [...used.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
  }

  #principalPolicy(module: Module): void {
    const policy = module.document.policy.principalPolicy?.value;
    if (!policy) return;
    const parts = this.#parts(module, 'error');
    const drafts = (policy.rules?.value ?? []).flatMap(({ value: { resource, actions } }) =>
      (actions?.value ?? []).map((located, index) => {
        const kind = resource?.value ?? '';
        const name = orDefault(located.value.name?.value, `${kind}_${ruleNumber(index)}`);
        return { located, kind, name, ...parts.rule(located.value) };
      }),
    );
    const params = this.#paramsOf(module, parts.usage);
    const prefix = principalPolicyName(module.name, module.version, module.scope);
    const rows = new Map<string, Row[]>();
    let order = 0;
    for (const { located, kind, ...draft } of drafts) {
      const rule = this.#rule(module, located, prefix, params, draft);
      if (!rule) continue;
      const resource = sanitize(kind);
      const candidate = { ...rule, key: {}, fromRolePolicy: false };
      const row: Row = { order: order++, action: located.value.action?.value ?? '', role: '*', candidate };
      rows.set(resource, [...(rows.get(resource) ?? []), row]);
    }
    if (this.#deciding.has(module)) this.#builder.addPrincipal(module, rows);
  }

  #rolePolicy(module: Module): void {
    const policy = module.document.policy.rolePolicy?.value;
    if (!policy) return;
    const parts = this.#parts(module, 'error');
    const drafts = (policy.rules?.value ?? []).map((located) => ({ located, ...parts.rule(located.value) }));
    const params = this.#paramsOf(module, parts.usage);
    const prefix = rolePolicyName(module.name, module.version, module.scope);
    const keys: object[] = [];
    const counts = new Map<string, number>();
    const entries = drafts.map(({ located, ...draft }): RoleEntry => {
      const resource = located.value.resource?.value ?? '';
      const name = located.value.name?.value ?? '';
      // The binary numbers entries within each resource, and entries with the same number share their outcome.
      const number = counts.get(resource) ?? 0;
      counts.set(resource, number + 1);
      const key = (keys[number] ??= {});
      const actions = (located.value.allowActions?.value ?? []).map(({ value }) => value);
      const location = lazyLocation(module, located);
      const rule = { ...draft, name, fqn: `${prefix}#${name}`, policy: module.key, params, location };
      return { role: module.name, resource, actions, key, rule };
    });
    if (this.#deciding.has(module)) this.#builder.addRole(module, policy, entries);
  }

  #derivedRoleSet(module: Module, severity: Severity): ReadonlyMap<string, DerivedRole> {
    const known = this.#derivedRoleSets.get(module);
    if (known) return known;
    const compiled = new Map<string, DerivedRole>();
    this.#derivedRoleSets.set(module, compiled);
    for (const located of module.document.policy.derivedRoles?.value.definitions?.value ?? []) {
      const { value } = located;
      const parts = this.#parts(module, severity);
      const condition = parts.condition(value.condition);
      const name = value.name?.value;
      if (name === undefined || compiled.has(name)) continue;
      compiled.set(name, {
        name,
        parentRoles: new Set(anyOr((value.parentRoles?.value ?? []).map((each) => each.value))),
        params: this.#paramsOf(module, parts.usage),
        policy: module.key,
        location: lazyLocation(module, located),
        ...(condition && { condition }),
      });
    }
    return compiled;
  }

  #rule(
    module: Module,
    located: Located<Pick<ResourceRule, 'effect'>>,
    prefix: string,
    params: Params,
    draft: Pick<Rule, 'name' | 'output'> & { readonly condition?: CompiledCondition },
  ): Rule | undefined {
    const effect = located.value.effect?.value;
    if (effect !== 'EFFECT_ALLOW' && effect !== 'EFFECT_DENY') return undefined;
    const rule: Rule = {
      ...draft,
      effect,
      fqn: `${prefix}#${draft.name}`,
      policy: module.key,
      params,
      location: lazyLocation(module, located),
    };
    // Where allowances need the parents' consent, a conditional ALLOW becomes a DENY on the opposite condition.
    const consent = module.scopePermissions === 'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS';
    if (!consent || effect !== 'EFFECT_ALLOW' || !draft.condition) return rule;
    return { ...rule, effect: 'EFFECT_DENY', condition: { kind: 'none', of: [draft.condition] } };
  }

  #parts(module: Module, severity: Severity): PartCompiler {
    return new PartCompiler(module, this.#definitionsOf(module, severity), this.#reporter, severity);
  }

  #definitionsOf(module: Module, severity: Severity): Definitions {
    const known = this.#definitions.get(module);
    if (known) return known;
    const find = (key: string): Module | undefined => this.#linked.byKey.get(key);
    const definitions = new Definitions(module, find, this.#reporter, severity);
    this.#definitions.set(module, definitions);
    return definitions;
  }

  #paramsOf(module: Module, usage: Usage): Params {
    const definitions = this.#definitionsOf(module, 'error');
    const constants = new Map<string, JsonValue>();
    for (const name of [...usage.constants].sort()) {
      const definition = definitions.constants.get(name);
      if (definition) constants.set(name, definition.located.value);
    }
    const variables = definitions.order.flatMap(({ name, module: from, located }) => {
      const expression = usage.variables.has(name) ? from.document.expressions.get(located) : undefined;
      const program = expression?.compilation.program;
      return expression && program ? [{ name, expression: { source: expression.source, program } }] : [];
    });
    const id = JSON.stringify([
      [...constants],
      variables.map(({ name, expression }) => [name, expression.source]),
    ]);
    const params = this.#params.get(id) ?? { constants, variables };
    this.#params.set(id, params);
    return params;
  }

  #notSupportedYet({ file }: Module, { span, key, mark, path }: Located<unknown>, message: string): void {
    this.#reporter.report({ code: 'not-supported-yet', message, file, span: key ?? span, mark, path });
  }
}

/** One row for each way in which a rule can match. */
function addRows(
  rows: Row[],
  written: ResourceRule,
  rule: Rule,
  derivedRoles: ReadonlyMap<string, DerivedRole>,
  used: Map<string, DerivedRole>,
): void {
  const ways: { readonly roles: Iterable<string>; readonly candidate: Candidate }[] = [];
  const roles = anyOr((written.roles?.value ?? []).map(({ value }) => value));
  ways.push({ roles, candidate: { ...rule, key: {}, fromRolePolicy: false } });
  for (const { value } of written.derivedRoles?.value ?? []) {
    const derivedRole = derivedRoles.get(value);
    if (!derivedRole) continue;
    used.set(value, derivedRole);
    const candidate = { ...rule, derivedRole, key: {}, fromRolePolicy: false };
    ways.push({ roles: derivedRole.parentRoles, candidate });
  }
  for (const { value: action } of written.actions?.value ?? []) {
    for (const way of ways) {
      for (const role of way.roles) rows.push({ order: rows.length, action, role, candidate: way.candidate });
    }
  }
}

function ruleNumber(index: number): string {
  return `rule-${String(index + 1).padStart(3, '0')}`;
}

/** `*` among roles stands for all of them. */
function anyOr(roles: readonly string[]): readonly string[] {
  return roles.includes('*') ? ['*'] : [...new Set(roles)];
}

function lazyLocation({ file }: Module, { span, mark }: Located<unknown>): () => SourceLocation {
  return () => locate(file, span, mark);
}
