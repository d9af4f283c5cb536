import { locate } from '../issues';
import { ancestorScopes, resourcePolicyName } from '../names/names';
import type { LinkedSet } from './link';
import type { Module } from './modules';
import type { Reporter } from './reporter';
import type { SchemaReference } from '../model/policy';
import type { Located } from '../model/schema';
import { goQuote } from '../schemas/json/go-text';
import type { PolicySchema, PolicySchemas, SchemasByPolicy } from '../schemas/enforce';
import type { SchemaStore } from '../schemas/store';

/**
 * Finds the schemas that resource policies refer to, and reports those that are missing or wrong
 * (`internal/compile/compile.go`, checkReferencedSchemas).
 */
export function linkSchemas(linked: LinkedSet, store: SchemaStore, reporter: Reporter): SchemasByPolicy {
  const own = new Map<Module, PolicySchemas>();
  const policies = linked.modules.filter(({ kind }) => kind === 'resourcePolicy');
  for (const module of policies) {
    const written = module.document.policy.resourcePolicy?.value.schemas?.value;
    if (!written) {
      continue;
    }
    own.set(module, {
      principal: load(module, written.principalSchema, 'principal', store, reporter),
      resource: load(module, written.resourceSchema, 'resource', store, reporter),
    });
  }
  const effective = new Map<string, PolicySchemas>();
  if (own.size === 0) {
    return effective;
  }
  for (const module of policies) {
    const schemas = own.get(rootOf(module, linked));
    if (schemas) {
      effective.set(module.key, schemas);
    }
  }
  return effective;
}

/** Of a policy and those at its ancestor scopes, the topmost; its schemas hold for all of them. */
function rootOf(module: Module, { byKey }: LinkedSet): Module {
  for (const scope of ancestorScopes(module.scope).reverse()) {
    const ancestor = byKey.get(resourcePolicyName(module.name, module.version, scope));
    if (ancestor) {
      return ancestor;
    }
  }
  return module;
}

function load(
  { file }: Module,
  reference: Located<SchemaReference> | undefined,
  whose: 'principal' | 'resource',
  store: SchemaStore,
  reporter: Reporter,
): PolicySchema | undefined {
  const ref = reference?.value.ref;
  if (!reference || !ref?.value) {
    return undefined;
  }
  const loaded = store.load(ref.value);
  if (!('message' in loaded)) {
    const actions = reference.value.ignoreWhen?.value.actions?.value ?? [];
    return {
      schema: loaded,
      ref: ref.value,
      location: locate(file, ref.span, ref.mark),
      ignoredActions: actions.map(({ value }) => value),
    };
  }
  const { message, at, isElsewhere } = loaded;
  reporter.report({
    code: isElsewhere === true ? 'not-supported-yet' : 'invalid-schema',
    message: `Failed to load ${whose} schema ${goQuote(ref.value)}: ${message}`,
    summary: 'invalid schema',
    file,
    span: ref.span,
    mark: ref.mark,
    path: ref.path,
    ...(at && { related: [{ ...locate(at.file, at.span), message: 'what is wrong' }] }),
  });
  return undefined;
}
