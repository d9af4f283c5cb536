import type { JsonValue } from '../../../cel';
import { locate, originOf } from '../../issues';
import type { Origin, Severity } from '../../issues';
import type { Located } from '../../model/schema';
import type { SourceLocation } from '../../position';
import type { CompiledModule } from './compiled-module';
import { PolicySymbols } from './policy-symbols';
import type { Usage } from './policy-symbols';
import type { Module } from '../modules';
import type { ParamsPool } from './params-pool';
import { PartCompiler } from './parts';
import { Reporter } from '../reporter';
import { mentionsRuntime, noParams } from '../table/rows';
import type { DerivedRole, Params } from '../table/rows';

/** The parts of a policy set that compiling one of its policies needs. */
export interface Surroundings {
  readonly find: (key: string) => Module | undefined;
  readonly derivedRolesOf: (module: Module) => CompiledModule;
  readonly pool: ParamsPool;
}

/** One policy while it is compiled: its own definitions and reports, and a record of what it takes from others. */
export class ModuleContext {
  readonly module: Module;
  readonly severity: Severity;
  readonly reporter = new Reporter();
  readonly lookedUp = new Map<string, Module | undefined>();
  readonly params = new Map<string, Params>();
  readonly #surroundings: Surroundings;
  readonly #origin: Origin;
  #definitions: PolicySymbols | undefined;

  constructor(module: Module, severity: Severity, surroundings: Surroundings) {
    this.module = module;
    this.severity = severity;
    this.#surroundings = surroundings;
    this.#origin = originOf(module.file);
  }

  /** The names that the policy's expressions can use. */
  get definitions(): PolicySymbols {
    return (this.#definitions ??= new PolicySymbols(
      this.module,
      (key) => this.find(key),
      this.reporter,
      this.severity,
    ));
  }

  /** Reports what is wrong with the definitions of a policy that only defines. */
  checkDefinitions(): void {
    this.#definitions ??= this.definitions;
  }

  /** A compiler for some of the policy's conditions and outputs. */
  parts(): PartCompiler {
    return new PartCompiler(this.module, this.definitions, this.reporter, this.severity);
  }

  find(key: string): Module | undefined {
    const found = this.#surroundings.find(key);
    this.lookedUp.set(key, found);
    return found;
  }

  /** The derived roles that another policy of the set defines. */
  derivedRolesOf(from: Module): ReadonlyMap<string, DerivedRole> {
    const { product, lookedUp } = this.#surroundings.derivedRolesOf(from);
    for (const [key, module] of lookedUp) {
      this.lookedUp.set(key, module);
    }
    return product?.kind === 'derivedRoles' ? product.roles : new Map<string, DerivedRole>();
  }

  /** The variables and constants that parts of the policy use. */
  paramsOf(usage: Usage): Params {
    const { constants: defined, order } = this.definitions;
    const constants = new Map<string, JsonValue>();
    for (const name of [...usage.constants].sort()) {
      const definition = defined.get(name);
      if (definition) {
        constants.set(name, definition.located.value);
      }
    }
    const { pool } = this.#surroundings;
    const variables = order.flatMap(({ name, module: from, located }) => {
      const expression = usage.variables.has(name) ? from.document.expressions.get(located) : undefined;
      const program = expression?.compilation.program;
      const { source = '' } = expression ?? {};
      return program ? [{ name: pool.name(name), program, expression: { source, program } }] : [];
    });
    if (constants.size === 0 && variables.length === 0) {
      return noParams;
    }
    const id = JSON.stringify([
      [...constants],
      variables.map(({ name, expression }) => [name, expression.source]),
    ]);
    const readsRuntime = variables.some(({ expression }) => mentionsRuntime(expression.source));
    const params = pool.share(id, { constants, variables, readsRuntime });
    this.params.set(id, params);
    return params;
  }

  /** Where something in the policy's file stands; worked out when asked for. */
  lazyLocation({ span, mark }: Located<unknown>): () => SourceLocation {
    const origin = this.#origin;
    return () => locate(origin, span, mark);
  }
}
