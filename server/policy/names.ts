/** The version of policies and requests that name none. */
export const defaultVersion = 'default';
/** What the binary gives as the policy when none exists for a request. */
export const noPolicy = 'NO_MATCH';

// Names as in the binary's `internal/namer`, without the leading `cerbos.`, which its answers leave out as well.

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

/** Names in the form that Cerbos demanded before 0.30 are still told apart by their letters, digits and dots alone. */
export function sanitize(name: string): string {
  return isOldName(name) ? name.replace(/[^\w.]+/g, '_') : name;
}

/** `^[[:alpha:]][[:word:]@.\-/]*(:[[:alpha:]][[:word:]@.\-/]*)*$`, in linear time. */
function isOldName(name: string): boolean {
  return name.split(':').every((segment) => /^[a-zA-Z][\w@.\-/]*$/.test(segment));
}

/** A scope without the leading dot that requests may have. */
export function scopeValue(scope: string): string {
  return scope.startsWith('.') ? scope.slice(1) : scope;
}

/** The ancestors of a scope, nearest first, the empty scope last; none for the empty scope. */
export function ancestorScopes(scope: string): string[] {
  const ancestors: string[] = [];
  for (let at = scope.lastIndexOf('.'); at >= 0; at = at === 0 ? -1 : scope.lastIndexOf('.', at - 1)) {
    ancestors.push(scope.slice(0, at));
  }
  if (scope !== '' && ancestors.at(-1) !== '') ancestors.push('');
  return ancestors;
}

const reservedNames = new Set(['false', 'in', 'null', 'true']);

/** What is wrong with a name for a variable or constant, if anything. */
export function identifierProblem(name: string): string | undefined {
  if (reservedNames.has(name)) return `"${name}" is a reserved keyword and can't be used as an identifier`;
  return /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) ? undefined : `"${name}" is not a valid identifier`;
}

/** A text, or what stands for an empty one: protocol buffers do not tell empty from missing. */
export function orDefault(text: string | undefined, fallback: string): string {
  return text === undefined || text === '' ? fallback : text;
}
