import type { JsonValue } from '../../../cel';
import { locate } from '../../issues';
import type { Severity } from '../../issues';
import type { Located } from '../../model/schema';
import { exportConstantsName, exportVariablesName, identifierProblem } from '../../names/names';
import type { Expression } from '../../parse/parsed';
import type { Module } from '../modules';
import { findReference, referencesOf } from './references';
import type { Reporter } from '../reporter';

/** A variable (`T` is its expression's text) or a constant, and where it is defined. */
interface PolicySymbol<T> {
  readonly name: string;
  readonly module: Module;
  readonly located: Located<T>;
  /** In words, for messages. */
  readonly source: string;
}

/** The names that one part of a policy reads. Only these are evaluated for it. */
export class Usage {
  readonly variables = new Set<string>();
  readonly constants = new Set<string>();
}

type Find = (key: string) => Module | undefined;
type Kind = 'variable' | 'constant';

/** Everything that the expressions of one policy can name: its own definitions and what it imports. */
export class PolicySymbols {
  readonly variables: ReadonlyMap<string, PolicySymbol<string>>;
  readonly constants: ReadonlyMap<string, PolicySymbol<JsonValue>>;
  /** Every variable after those that it reads. Variables that form a cycle come in no particular order. */
  readonly order: readonly PolicySymbol<string>[];
  readonly #module: Module;
  readonly #reporter: Reporter;
  readonly #severity: Severity;
  /** Kinds of names of which some may be missing, because an import is missing or broken, which is reported. */
  readonly #incomplete: ReadonlySet<Kind>;

  constructor(module: Module, find: Find, reporter: Reporter, severity: Severity) {
    this.#module = module;
    this.#reporter = reporter;
    this.#severity = severity;
    this.#incomplete = incompleteKinds(module, find);
    this.constants = this.#collect('constant', constantSources(module, find));
    this.variables = this.#collect('variable', variableSources(module, find));
    // What an exported variable may read depends on who imports it, and is checked there.
    if (module.kind !== 'exportVariables') {
      this.#checkReferences();
    }
    this.order = this.#sort();
  }

  /** Marks what an expression reads as used, and reports names that are not defined. */
  use(expression: Expression, located: Located<string>, usage: Usage): void {
    const { variables, constants } = referencesOf(expression);
    for (const name of constants) {
      if (this.constants.has(name)) {
        usage.constants.add(name);
      } else {
        this.#undefined('constant', name, expression, { module: this.#module, located });
      }
    }
    for (const name of variables) {
      if (this.variables.has(name)) {
        this.#useVariable(name, usage);
      } else {
        this.#undefined('variable', name, expression, { module: this.#module, located });
      }
    }
  }

  #useVariable(name: string, usage: Usage): void {
    const definition = this.variables.get(name);
    if (!definition || usage.variables.has(name)) {
      return;
    }
    usage.variables.add(name);
    const { variables, constants } = referencesOf(expressionOf(definition));
    for (const each of constants) {
      if (this.constants.has(each)) {
        usage.constants.add(each);
      }
    }
    for (const each of variables) {
      this.#useVariable(each, usage);
    }
  }

  #collect<T>(kind: Kind, sources: readonly Source<T>[]): ReadonlyMap<string, PolicySymbol<T>> {
    const defined = new Map<string, PolicySymbol<T>>();
    const all = new Map<string, PolicySymbol<T>[]>();
    for (const { module, values, source } of sources) {
      for (const [name, located] of values ?? []) {
        const definition = { name, module, located, source };
        defined.set(name, definition);
        all.set(name, [...(all.get(name) ?? []), definition]);
        this.#checkDefinition(kind, definition);
      }
    }
    for (const [name, places] of all) {
      if (places.length > 1) {
        this.#redefined(kind, name, places);
      }
    }
    return defined;
  }

  #checkDefinition(kind: Kind, { name, module, located }: PolicySymbol<unknown>): void {
    const problem = identifierProblem(name);
    if (problem !== undefined) {
      this.#reporter.report({
        code: kind === 'variable' ? 'invalid-variable-name' : 'invalid-constant-name',
        message: problem,
        summary: `invalid ${kind} name`,
        file: module.file,
        span: located.key ?? located.span,
        path: located.path,
        severity: this.#severity,
      });
    }
    if (kind === 'constant') {
      return;
    }
    const text = located as Located<string>;
    const expression = module.document.expressions.get(text);
    if (expression) {
      this.#reporter.expression(module.file, expression, text, this.#severity);
    }
  }

  #redefined(kind: Kind, name: string, places: readonly PolicySymbol<unknown>[]): void {
    const described = places.map(({ source, module, located }) => {
      const { line, column } = module.file.lines.lineAndColumn(located.mark);
      return `${source} (${module.file.path}:${line}:${column})`;
    });
    const last = described.pop() ?? '';
    const list =
      described.length > 1 ? `${described.join(', ')}, and ${last}` : `${described.join('')} and ${last}`;
    const own = places.find(({ module }) => module === this.#module);
    this.#reporter.report({
      code: kind === 'variable' ? 'variable-redefined' : 'constant-redefined',
      message: `${capital(kind)} '${name}' has multiple definitions in ${list}`,
      summary: `${kind} redefined`,
      file: this.#module.file,
      span: own?.located.key ?? this.#module.located.span,
      severity: this.#severity,
      related: places.map(({ module, located }) => ({
        ...locate(module.file, located.key ?? located.span),
        message: `a definition of '${name}'`,
      })),
    });
  }

  #checkReferences(): void {
    for (const definition of this.variables.values()) {
      const { name, module, located } = definition;
      const expression = expressionOf(definition);
      const { variables, constants } = referencesOf(expression);
      for (const each of constants) {
        if (!this.constants.has(each)) {
          this.#undefined('constant', each, expression, { module, located }, name);
        }
      }
      for (const each of variables) {
        if (each === name) {
          this.#cycle(`Variable '${name}' references itself`, definition, [definition]);
        } else if (!this.variables.has(each)) {
          this.#undefined('variable', each, expression, { module, located }, name);
        }
      }
    }
  }

  #undefined(
    kind: Kind,
    name: string,
    expression: Expression,
    { module, located }: { readonly module: Module; readonly located: Located<string> },
    referrer?: string,
  ): void {
    if (this.#incomplete.has(kind)) {
      return;
    }
    const where = referrer === undefined ? '' : ` referenced in variable '${referrer}'`;
    this.#reporter.report({
      code: kind === 'variable' ? 'undefined-variable' : 'undefined-constant',
      message: `Undefined ${kind} '${name}'${where}`,
      summary: `undefined ${kind}`,
      file: module.file,
      span: findReference(expression, kind, name),
      mark: located.mark,
      path: located.path,
      severity: this.#severity,
    });
  }

  #cycle(message: string, at: PolicySymbol<string>, members: readonly PolicySymbol<string>[]): void {
    this.#reporter.report({
      code: 'variable-cycle',
      message,
      summary: 'cyclical variable definitions',
      file: at.module.file,
      span: at.located.key ?? at.located.span,
      mark: at.located.mark,
      path: at.located.path,
      severity: this.#severity,
      ...(members.length > 1 && {
        related: members.map(({ name, module, located }) => ({
          ...locate(module.file, located.key ?? located.span),
          message: `'${name}' is part of the cycle`,
        })),
      }),
    });
  }

  /** Orders the variables by what they read (Tarjan's algorithm), and reports those that read each other in a circle. */
  #sort(): readonly PolicySymbol<string>[] {
    const ordered: PolicySymbol<string>[] = [];
    const indices = new Map<string, number>();
    const lowest = new Map<string, number>();
    const stack: PolicySymbol<string>[] = [];
    const onStack = new Set<string>();
    const visit = (definition: PolicySymbol<string>): void => {
      const { name } = definition;
      const index = indices.size;
      indices.set(name, index);
      lowest.set(name, index);
      stack.push(definition);
      onStack.add(name);
      for (const each of [...referencesOf(expressionOf(definition)).variables].sort()) {
        const other = this.variables.get(each);
        if (!other || each === name) {
          continue;
        }
        if (!indices.has(each)) {
          visit(other);
        }
        if (onStack.has(each)) {
          lowest.set(name, Math.min(lowest.get(name) ?? 0, lowest.get(each) ?? 0));
        }
      }
      if (lowest.get(name) !== index) {
        return;
      }
      const component = stack.splice(stack.indexOf(definition));
      for (const each of component) {
        onStack.delete(each.name);
      }
      if (component.length > 1) {
        this.#reportCycle(component);
      }
      ordered.push(...component);
    };
    for (const name of [...this.variables.keys()].sort()) {
      const definition = this.variables.get(name);
      if (definition && !indices.has(name)) {
        visit(definition);
      }
    }
    return ordered;
  }

  #reportCycle(component: readonly PolicySymbol<string>[]): void {
    const members = [...component].sort((a, b) => (a.name < b.name ? -1 : 1));
    const described = members.map(({ name, module, located }) => {
      const { line, column } = module.file.lines.lineAndColumn(located.mark);
      return `'${name}' (${module.file.path}:${line}:${column})`;
    });
    const last = described.pop() ?? '';
    const list =
      described.length > 1 ? `${described.join(', ')}, and ${last}` : `${described.join('')} and ${last}`;
    const [first] = members;
    if (first) {
      this.#cycle(`Variables ${list} form a cycle`, first, members);
    }
  }
}

interface Source<T> {
  readonly module: Module;
  readonly values: ReadonlyMap<string, Located<T>> | undefined;
  readonly source: string;
}

function constantSources(module: Module, find: Find): readonly Source<JsonValue>[] {
  const { policy } = module.document;
  const constants = bodyOf(module)?.constants?.value;
  const imported = (constants?.import?.value ?? []).map(({ value: name }) => {
    const from = find(exportConstantsName(name));
    const values = from?.document.policy.exportConstants?.value.definitions?.value;
    return { module: from ?? module, values, source: `import '${name}'` };
  });
  return [
    ...imported,
    { module, values: policy.exportConstants?.value.definitions?.value, source: 'definitions' },
    { module, values: constants?.local?.value, source: 'policy local constants' },
  ];
}

function variableSources(module: Module, find: Find): readonly Source<string>[] {
  const { policy } = module.document;
  const variables = bodyOf(module)?.variables?.value;
  const imported = (variables?.import?.value ?? []).map(({ value: name }) => {
    const from = find(exportVariablesName(name));
    const values = from?.document.policy.exportVariables?.value.definitions?.value;
    return { module: from ?? module, values, source: `import '${name}'` };
  });
  return [
    ...imported,
    { module, values: policy.exportVariables?.value.definitions?.value, source: 'definitions' },
    { module, values: variables?.local?.value, source: 'policy local variables' },
    { module, values: policy.variables?.value, source: 'deprecated top-level policy variables' },
  ];
}

/** Kinds of which a policy imports something that is missing or broken. `cerbos 0.55` stops there, too. */
function incompleteKinds(module: Module, find: Find): ReadonlySet<Kind> {
  const body = bodyOf(module);
  const incomplete = new Set<Kind>();
  const isWhole = (key: string): boolean => find(key)?.document.sound === true;
  if (
    !(body?.constants?.value.import?.value ?? []).every(({ value }) => isWhole(exportConstantsName(value)))
  ) {
    incomplete.add('constant');
  }
  if (
    !(body?.variables?.value.import?.value ?? []).every(({ value }) => isWhole(exportVariablesName(value)))
  ) {
    incomplete.add('variable');
  }
  return incomplete;
}

/** The part of a policy that has variables and constants of its own. */
function bodyOf({ document: { policy } }: Module) {
  return (policy.resourcePolicy ?? policy.principalPolicy ?? policy.rolePolicy ?? policy.derivedRoles)?.value;
}

function expressionOf({ module, located }: PolicySymbol<string>): Expression {
  const expression = module.document.expressions.get(located);
  if (!expression) {
    throw new Error(`no expression at ${located.path}`);
  }
  return expression;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
