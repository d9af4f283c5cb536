/** The policy version of policies and requests that name none. */
export const defaultVersion = 'default';
/** The policy that `cerbos 0.55` names in its answer when no policy exists for a request. */
export const noPolicy = 'NO_MATCH';

// Policy names as `internal/namer` of `cerbos 0.55` makes them, without the prefix `cerbos.`, which its answers leave
// out as well.

export function resourcePolicyName(resource: string, version: string, scope: string): string {
  return withScope(`resource.${sanitize(resource)}.v${sanitize(version)}`, scope);
}

export function principalPolicyName(principal: string, version: string, scope: string): string {
  return withScope(`principal.${sanitize(principal)}.v${sanitize(version)}`, scope);
}

export function rolePolicyName(role: string, version: string, scope: string): string {
  return withScope(`role.${sanitize(role)}.v${sanitize(orDefault(version, defaultVersion))}`, scope);
}

export function derivedRolesName(name: string): string {
  return `derived_roles.${sanitize(name)}`;
}

export function exportVariablesName(name: string): string {
  return `export_variables.${sanitize(name)}`;
}

export function exportConstantsName(name: string): string {
  return `export_constants.${sanitize(name)}`;
}

function withScope(name: string, scope: string): string {
  return scope === '' ? name : `${name}/${scope}`;
}

/**
 * Before 0.30, Cerbos demanded names of a certain form, and told them apart by letters, digits, underscores and dots
 * alone. Names of that form are still treated so: `a-b` and `a/b` name the same policy.
 */
export function sanitize(name: string): string {
  return isOldName(name) ? name.replace(/[^\w.]+/g, '_') : name;
}

/** Matches `^[[:alpha:]][[:word:]@.\-/]*(:[[:alpha:]][[:word:]@.\-/]*)*$`, in linear time. */
function isOldName(name: string): boolean {
  return name.split(':').every((segment) => /^[a-zA-Z][\w@.\-/]*$/.test(segment));
}

/** Removes the leading dot that the scope of a request may have. */
export function scopeValue(scope: string): string {
  return scope.startsWith('.') ? scope.slice(1) : scope;
}

/** The ancestors of a scope, nearest first, the empty scope last. The empty scope has none. */
export function ancestorScopes(scope: string): string[] {
  const ancestors: string[] = [];
  for (let at = scope.lastIndexOf('.'); at >= 0; at = at === 0 ? -1 : scope.lastIndexOf('.', at - 1)) {
    ancestors.push(scope.slice(0, at));
  }
  if (scope !== '' && ancestors.at(-1) !== '') {
    ancestors.push('');
  }
  return ancestors;
}

const reservedNames = new Set(['false', 'in', 'null', 'true']);

/** The reason, in Cerbos' words, why a name cannot be a variable's or constant's; undefined if it can. */
export function identifierProblem(name: string): string | undefined {
  if (reservedNames.has(name)) {
    return `"${name}" is a reserved keyword and can't be used as an identifier`;
  }
  return /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) ? undefined : `"${name}" is not a valid identifier`;
}

/** The fallback for a text that is empty or missing: protocol buffers do not tell the two apart. */
export function orDefault(text: string | undefined, fallback: string): string {
  return text === undefined || text === '' ? fallback : text;
}
