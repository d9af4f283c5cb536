import type { Severity } from '../issues';
import { compileModule } from './module/compile-module';
import { isCurrent } from './module/compiled-module';
import type { CompiledModule } from './module/compiled-module';
import type { LinkedSet } from './link';
import { isDisabled, isExecutable } from './modules';
import type { Module } from './modules';
import { ParamsPool } from './module/params-pool';

/** The policies of a set, each compiled by itself. */
export type CompiledModules = ReadonlyMap<Module, CompiledModule>;

/**
 * Compiles every enabled policy of a linked set.
 * @param previous what was compiled before: each policy is taken over if nothing changed that it depends on
 * @returns policies in the set's order
 */
export function compilePolicies(linked: LinkedSet, previous: CompiledModules): CompiledModules {
  const severities = severitiesOf(linked);
  const { byKey } = linked;
  const pool = new ParamsPool();
  const current = new Map<Module, CompiledModule>();
  for (const [module, severity] of severities) {
    const known = previous.get(module);
    if (!known || !isCurrent(known, { severity, byKey })) {
      continue;
    }
    current.set(module, known);
    pool.add(known.params);
  }
  const compiled = (module: Module): CompiledModule => {
    const known = current.get(module);
    if (known) {
      return known;
    }
    const made = compileModule(module, severities.get(module) ?? 'error', {
      find: (key) => byKey.get(key),
      derivedRolesOf: compiled,
      pool,
    });
    current.set(module, made);
    return made;
  };
  return new Map([...severities.keys()].map((module) => [module, compiled(module)]));
}

/** The policies to compile, each with the severity of mistakes in it. */
function severitiesOf({ all, byKey }: LinkedSet): ReadonlyMap<Module, Severity> {
  const enabled = all.filter((module) => !isDisabled(module));
  const imported = new Set<Module>();
  for (const module of enabled) {
    if (!isExecutable(module)) {
      continue;
    }
    for (const { key } of module.imports) {
      const from = byKey.get(key);
      if (from?.kind === 'derivedRoles') {
        imported.add(from);
      }
    }
  }
  // `cerbos 0.55` does not compile policies that nothing imports; a mistake in them is a warning. Mistakes in exports
  // are reported, as errors, where the exports are imported.
  return new Map(
    enabled.map((module) => [module, isExecutable(module) || imported.has(module) ? 'error' : 'warning']),
  );
}
