// Policies as text, whole and in parts, that cases start from.

/** Files by path. */
export type Files = Readonly<Record<string, string>>;

export const header = 'apiVersion: api.cerbos.dev/v1\n';
export const rule = `    - actions: ["view"]
      effect: EFFECT_ALLOW
      roles: [user]
`;

/** A resource policy with these lines before its rules, and these rules. */
export function resource(before = '', rules = rule, kind = 'album'): string {
  return `${header}resourcePolicy:\n  resource: ${kind}\n  version: default\n${before}  rules:\n${rules}`;
}

/** A resource policy whose one rule has this condition. */
export function withExpression(expression: string, before = ''): string {
  return resource(before, `${rule}      condition:\n        match:\n          expr: ${expression}\n`);
}

export const owners = `${header}derivedRoles:
  name: owners
  definitions:
    - name: owner
      parentRoles: [user]
      condition:
        match:
          expr: R.attr.owner == P.id
`;

export const exportedVariables = `${header}exportVariables:
  name: shared
  definitions:
    flag: R.attr.flag
    other: P.attr.x > 1
`;

export const exportedConstants = `${header}exportConstants:
  name: numbers
  definitions:
    limit: 3
`;

export const principal = (rules: string): string =>
  `${header}principalPolicy:\n  principal: ann\n  version: default\n  rules:\n${rules}`;
