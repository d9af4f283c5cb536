import type { Severity } from '../../issues';
import type { CompiledModule, Product } from './compiled-module';
import { compileDerivedRoles } from './derived-roles';
import { ModuleContext } from './module-context';
import type { Surroundings } from './module-context';
import type { Module } from '../modules';
import { compilePrincipalPolicy } from './principal-policy';
import { compileResourcePolicy } from './resource-policy';
import { compileRolePolicy } from './role-policy';

/** Compiles one policy. One whose definitions are too deep to follow is an error, not a crash. */
export function compileModule(
  module: Module,
  severity: Severity,
  surroundings: Surroundings,
): CompiledModule {
  const context = new ModuleContext(module, severity, surroundings);
  const product = tryCompile(context);
  const { reporter, lookedUp, params } = context;
  return { module, severity, reports: reporter.reports, lookedUp, params, ...(product && { product }) };
}

function tryCompile(context: ModuleContext): Product | undefined {
  try {
    return productOf(context);
  } catch (error) {
    if (!(error instanceof RangeError)) {
      throw error;
    }
    const { file, located } = context.module;
    const message = 'definitions depend on each other too deeply; make the chain shorter';
    context.reporter.report({ code: 'too-large', message, file, span: located.span });
    return undefined;
  }
}

function productOf(context: ModuleContext): Product | undefined {
  const { kind, document } = context.module;
  const { resourcePolicy, principalPolicy, rolePolicy, derivedRoles } = document.policy;
  switch (kind) {
    case 'resourcePolicy':
      return resourcePolicy && compileResourcePolicy(context, resourcePolicy.value);
    case 'principalPolicy':
      return principalPolicy && compilePrincipalPolicy(context, principalPolicy.value);
    case 'rolePolicy':
      return rolePolicy && compileRolePolicy(context, rolePolicy.value);
    case 'derivedRoles':
      return derivedRoles && compileDerivedRoles(context, derivedRoles.value);
    case 'exportVariables':
    case 'exportConstants':
      context.checkDefinitions();
      return undefined;
  }
}
