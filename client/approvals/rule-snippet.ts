import { isJsonObject } from '../../server/protocol';
import type { ApprovalRequest, JsonObject, JsonValue } from '../../server/protocol';
import { visibleJson } from './visible-text';

const longestArgument = 200;
const mostArguments = 12;

/**
 * A policy that would have allowed a call without asking: as narrow as can be, for a person to loosen. It is scoped
 * to the server, since a scope's own rule is asked before those of the unscoped policy, which deny while nobody has
 * approved.
 */
export function ruleSnippet(request: ApprovalRequest, userPolicies: string): string {
  const { server, tool } = request;
  const conditions = [
    `R.attr.server.fingerprint == ${literal(server.fingerprint)}`,
    ...Object.entries(request.arguments)
      .filter((entry): entry is [string, string | number | boolean] => isPlain(entry[1]))
      .slice(0, mostArguments)
      .map(([name, value]) => `R.attr.arguments[${literal(name)}] == ${literal(value)}`),
  ];
  return [
    '# A policy that allows exactly the call you just approved, without asking. It is not in force yet:',
    `#   1. save it as a file in ${comment(userPolicies)}, beside a policy without a scope for the same resource`,
    '#      ("Gatehouse: Edit My Policies…" makes one for tools), or move its rule into a policy that you already have',
    '#      for this scope;',
    '#   2. drop the conditions that are too narrow (masked arguments can not be compared);',
    '#   3. run "Gatehouse: Review and Activate Changes…".',
    'apiVersion: api.cerbos.dev/v1',
    'resourcePolicy:',
    `  resource: ${yaml(request.kind)}`,
    '  version: default',
    `  scope: ${yaml(scopeOf(request.request) ?? server.name)}`,
    '  rules:',
    `    - name: ${yaml(`allow-${tool.name}`.replace(/[^A-Za-z0-9_-]+/g, '-'))}`,
    `      actions: [${actionsOf(request).map(visibleJson).join(', ')}]`,
    '      effect: EFFECT_ALLOW',
    '      roles: [agent]',
    '      condition:',
    '        match:',
    '          all:',
    '            of:',
    ...conditions.map((expression) => `              - expr: ${yaml(expression)}`),
    '',
  ].join('\n');
}

/** The scope of the request that was decided. */
function scopeOf({ resource }: JsonObject): string | undefined {
  const scope = isJsonObject(resource) ? resource['scope'] : undefined;
  return typeof scope === 'string' ? scope : undefined;
}

/** Actions with a star are globs, in which a name's own characters must be escaped. */
function actionsOf({ request, tool }: ApprovalRequest): string[] {
  const { actions } = request;
  const names = Array.isArray(actions) ? (actions as readonly JsonValue[]).map(String) : [tool.name];
  return names.map((name) => (name.includes('*') ? name.replaceAll(/[*?[\]{}\\]/g, '\\$&') : name));
}

function isPlain(value: JsonValue): boolean {
  return (
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && value.length <= longestArgument)
  );
}

/** JSON's literals are CEL's, but for whole numbers, which must be doubles to equal what came as JSON. */
function literal(value: string | number | boolean): string {
  return Number.isInteger(value) ? `${value}.0` : visibleJson(value);
}

/** A single-quoted scalar: nothing in it means anything to YAML. */
function yaml(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function comment(text: string): string {
  return text.replaceAll(/[\r\n]/g, ' ');
}
