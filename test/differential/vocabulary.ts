// The names that generated policies and requests share.

/** Kinds of resource that may have rules whose outputs depend on the binary's random order under strict evaluation. */
export const looseKinds = ['loose-b'] as const;
export const kinds = ['album:photo', 'leave-request', 'report', 'x y (z)'] as const;

export const scopes = [
  '',
  'open',
  'open.inner',
  'open.inner.most',
  'consent',
  'consent.inner',
  'open.strict',
] as const;
/** Scopes without which the ones below them do not compile. */
export const parentScopes: ReadonlySet<string> = new Set(['', 'open', 'open.inner', 'consent']);
export const consentScopes: ReadonlySet<string> = new Set(['consent', 'consent.inner', 'open.strict']);
export const requestScopes = [...scopes, '.', 'open.unknown', 'elsewhere', 'consent.inner.x'] as const;

export const actions = [
  'view',
  'view:public',
  'edit',
  'edit:title:draft',
  'delete',
  'delete_all',
  'share',
] as const;
export const actionPatterns = [
  ...actions,
  '*',
  'view:*',
  '**',
  'edit:*:draft',
  'del*',
  '{view,edit}*',
  'edit:**',
  '[vs]*',
] as const;

export const versions = ['default', 'v2'] as const;
export const derivedRoleSets = {
  owners: ['owner', 'fan'],
  bosses: ['boss', 'any_reader'],
} as const;

export const words = ['a', 'ab', 'abc', 'b', 'cd', 'ünï'] as const;
export const roles = ['admin', 'user', 'guest', 'dev', 'dev:lead', 'scribe', 'clerk', 'trainee'] as const;
/** Roles with role policies, which take most rights away. */
export const limitedRoles = ['scribe', 'clerk', 'trainee'] as const;
export const principals = ['ann', 'bob', 'cat', 'dan'] as const;
