import type { ApprovalRequest, JsonValue } from '../../server/protocol';
import { visibleJson } from './visible-text';

const longestArgument = 200;
const mostArguments = 12;

/**
 * A rule that would have allowed a call without asking: as narrow as can be, for a person to loosen. A YAML list item
 * for the `rules` of a `mcp:tool` policy.
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
    '# A rule that allows exactly the call you just approved, without asking. It is not in force yet:',
    `#   1. move it under "rules:" of a policy for the resource ${request.kind} in ${comment(userPolicies)};`,
    '#   2. drop the conditions that are too narrow (masked arguments can not be compared);',
    '#   3. run "Gatehouse: Review and Activate Changes…".',
    `- name: ${yaml(`allow-${tool.name}-of-${server.name}`.replace(/[^A-Za-z0-9_-]+/g, '-'))}`,
    `  actions: [${visibleJson(tool.name)}]`,
    '  effect: EFFECT_ALLOW',
    '  roles: [agent]',
    '  condition:',
    '    match:',
    '      all:',
    '        of:',
    ...conditions.map((expression) => `          - expr: ${yaml(expression)}`),
    '',
  ].join('\n');
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
