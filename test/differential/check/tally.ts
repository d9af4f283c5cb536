import { matchesGlob } from '../../support/policy/names';
import { features } from '../support/generate/features';
import type { Feature } from '../support/generate/features';
import type { GeneratedSet } from '../support/generate/draft';
import type { GeneratedRequest } from '../support/generate/requests';
import type { Asked, Round } from '../support/rounds';
import { secondVersion } from '../support/generate/vocabulary';
import type { Vocabulary } from '../support/generate/vocabulary';

/** Counts decisions, and what they made use of. */
export class Tally {
  decisions = 0;
  allowed = 0;
  unsettled = 0;
  readonly counts = new Map<Feature, number>(features.map((feature) => [feature, 0]));

  add({ asked, generated, unsettled }: Round): void {
    this.unsettled += unsettled;
    for (const each of asked) {
      for (const [action, { effect }] of Object.entries(each.answer.actions)) {
        this.decisions++;
        if (effect === 'EFFECT_ALLOW') {
          this.allowed++;
        }
        for (const feature of featuresOf(each, action, generated)) {
          this.counts.set(feature, (this.counts.get(feature) ?? 0) + 1);
        }
      }
    }
  }

  /** In percent. */
  get allowedShare(): number {
    return (100 * this.allowed) / this.decisions;
  }

  get lines(): readonly string[] {
    return [...this.counts].map(([feature, count]) => `${String(count).padStart(8)}  ${feature}`);
  }
}

/** The features that a decision depended on. */
function featuresOf(asked: Asked, action: string, generated: GeneratedSet): ReadonlySet<Feature> {
  const { rules, schemas, names } = generated;
  const { mode, request, answer, output } = asked;
  const found = new Set<Feature>();
  found.add(mode.strictEvaluation ? 'strict evaluation' : 'default evaluation');
  found.add(mode.lenientScopeSearch ? 'lenient scope search' : 'strict scope search');
  const decision = output.actions[action];
  if (!decision) {
    return found;
  }
  const { rule, policy, scope } = decision;
  if (decision.error !== undefined) {
    found.add('strict evaluation that denied');
  }
  if (policy === 'NO_MATCH') {
    found.add('no policy matched');
  } else if (!rule) {
    found.add('no rule matched');
  }
  for (const { src, action: of, error } of answer.outputs) {
    if (of !== action) {
      continue;
    }
    found.add(src === rule?.fqn ? 'output ruleActivated' : 'output conditionNotMet');
    if (error !== '') {
      found.add('output that fails');
    }
    if (src.startsWith('principal.')) {
      found.add('output of a principal policy');
    }
    if (src.startsWith('role.')) {
      found.add('output of a role policy');
    }
  }
  for (const feature of schemaFeatures(asked, schemas)) {
    found.add(feature);
  }
  for (const feature of nameFeatures(asked.request, action, names)) {
    found.add(feature);
  }
  if (!rule) {
    return found;
  }
  const facts = rules.get(rule.fqn);
  for (const feature of facts?.features ?? []) {
    if (!feature.startsWith('derived role') || rule.derivedRole !== undefined) {
      found.add(feature);
    }
  }
  if (policy.startsWith('role.')) {
    const isListed = rule.fqn.includes('#');
    found.add(
      isListed ? 'role policy whose condition is not met' : 'role policy that does not list the action',
    );
  }
  const roles = request.principal['roles'] as readonly string[];
  const named = facts?.roles ?? [];
  if (named.length > 0 && !named.some((role) => role.includes('*') || roles.includes(role))) {
    found.add('parent role of a role policy');
  }
  const isResourcePolicy = rule.fqn.startsWith('resource.');
  if (isResourcePolicy && decision.effect === 'EFFECT_ALLOW') {
    const has = (role: string): boolean => generated.hasRolePolicy(role, policy, scope);
    if (roles.every(has)) {
      found.add('role policy that lists what is allowed');
    }
  }
  const { policyVersion = '', scope: asked_ = '' } = request.resource;
  if (policyVersion === secondVersion) {
    found.add('version that is not the default');
  }
  if (policyVersion === '' && mode.defaultPolicyVersion !== undefined) {
    found.add('default version of the configuration');
  }
  if (asked_ === '' && mode.defaultScope !== undefined) {
    found.add('default scope of the configuration');
  }
  if (typeof asked_ === 'string' && asked_ !== '') {
    if (scope !== asked_) {
      found.add('scope above the request’s that decided');
    }
    const fellBack = mode.lenientScopeSearch && isResourcePolicy && !policy.endsWith(`/${asked_}`);
    if (fellBack) {
      found.add('lenient scope search that fell back');
    }
  }
  return found;
}

function schemaFeatures(
  { mode, request, answer }: Asked,
  schemas: GeneratedSet['schemas'],
): readonly Feature[] {
  if (mode.schemaEnforcement === 'none') {
    return [];
  }
  const { kind, policyVersion } = request.resource as Readonly<Record<string, string | undefined>>;
  const version = policyVersion ?? mode.defaultPolicyVersion ?? 'default';
  const schema = schemas.get(`${kind ?? ''}/${version}`);
  const { validationErrors } = answer;
  if (validationErrors.length > 0) {
    const ofPrincipal = validationErrors.some(({ source }) => source === 'SOURCE_PRINCIPAL');
    return [
      ofPrincipal ? 'schema for the principal' : 'schema for the resource',
      mode.schemaEnforcement === 'warn' ? 'schema that warns' : 'schema that rejects',
    ];
  }
  if (!schema) {
    return [];
  }
  const isIgnored = (action: string): boolean => schema.ignored.some((glob) => matchesGlob(glob, action));
  return request.actions.every(isIgnored)
    ? ['schema that does not look at the actions']
    : ['attributes that a schema allows'];
}

/** The odd traits of a request's names. */
function* nameFeatures(
  { principal, resource }: GeneratedRequest,
  action: string,
  { roles, actions }: Vocabulary,
): Generator<Feature> {
  const own = principal['roles'] as readonly string[];
  const all = [principal['id'], resource['kind'], resource['id'], action, ...own]
    .filter((name) => typeof name === 'string')
    .join('');
  if (/\p{Cc}/u.test(all)) {
    yield 'name with a control character';
  }
  if (/["'`\\]/.test(all)) {
    yield 'name with a quote or backslash';
  }
  if (/[^\p{ASCII}]/u.test(all)) {
    yield 'name beyond ASCII';
  }
  if (/[*?![\]{}]/.test(all)) {
    yield 'name with what globs are made of';
  }
  if (/[,;/|#@=&]/.test(all)) {
    yield 'name with what separates names';
  }
  if (own.some((role) => !roles.includes(role) && roles.filter((part) => role.includes(part)).length > 1)) {
    yield 'role that is several others’ names';
  }
  if (!actions.includes(action)) {
    yield 'action that rules do not know';
  }
}
