import type { JsonObject } from '../../cel';
import { compileGlob } from '../names/glob';
import type { CheckInput, SchemaEnforcement, ValidationError } from '../check-types';
import type { SourceLocation } from '../position';
import type { Schema, SchemaProblem } from './schema';
import { Budget, Endless, Visit } from './visit';

/** The schemas that a resource policy demands of the attributes of principal and resource. */
export interface PolicySchemas {
  readonly principal: PolicySchema | undefined;
  readonly resource: PolicySchema | undefined;
}

/** The schemas of resource policies, by the policies' names. */
export type SchemasByPolicy = ReadonlyMap<string, PolicySchemas>;

export interface PolicySchema {
  readonly schema: Schema;
  /** As the policy writes it: `cerbos:///album.json`. */
  readonly ref: string;
  /** Where the policy refers to it. */
  readonly location: SourceLocation;
  /** Actions, as globs, that are not looked at: if a request has no others, its attributes may be anything. */
  readonly ignoredActions: readonly string[];
}

export interface Validation {
  readonly errors: readonly ValidationError[];
  /** True if every action is denied because of it. */
  readonly rejects: boolean;
}

/** So many schemas may look at so many values in one validation; a real one needs hundreds. */
const maxSteps = 1_000_000;

/** The parts of a request that schemas validate. */
interface Validated {
  readonly principal: Pick<CheckInput['principal'], 'attr'>;
  readonly resource: Pick<CheckInput['resource'], 'attr'>;
  readonly actions: readonly string[];
}

/**
 * Validates a request's attributes, as far as they are to be (`internal/schema`).
 * @param isPartial whether the resource has attributes that are not given; those may be missing
 */
export function enforceSchemas(
  schemas: PolicySchemas | undefined,
  { principal, resource, actions }: Validated,
  enforcement: SchemaEnforcement,
  isPartial = false,
): Validation {
  if (!schemas || enforcement === 'none') {
    return { errors: [], rejects: false };
  }
  const validations = [
    validate(schemas.principal, principal.attr ?? {}, actions, 'SOURCE_PRINCIPAL', false),
    validate(schemas.resource, resource.attr ?? {}, actions, 'SOURCE_RESOURCE', isPartial),
  ];
  const errors = validations.flatMap((each) => each.errors);
  const endless = validations.some((each) => each.endless);
  // Where validating does not end, `cerbos 0.55` answers with an error, whatever the enforcement.
  return { errors, rejects: endless || (errors.length > 0 && enforcement === 'reject') };
}

function validate(
  wanted: PolicySchema | undefined,
  attributes: JsonObject,
  actions: readonly string[],
  source: ValidationError['source'],
  isPartial: boolean,
): { readonly errors: readonly ValidationError[]; readonly endless: boolean } {
  if (!wanted || isIgnored(wanted.ignoredActions, actions)) {
    return { errors: [], endless: false };
  }
  const errorAt = ({ path, message }: SchemaProblem): ValidationError => ({
    path: path === '' ? '/' : path,
    message,
    source,
  });
  try {
    const problems = Visit.run(wanted.schema, attributes, new Budget(maxSteps));
    const counted = isPartial ? problems.filter(({ missing }) => missing !== true) : problems;
    return { errors: counted.map(errorAt), endless: false };
  } catch (error) {
    if (!(error instanceof Endless) && !(error instanceof RangeError)) {
      throw error;
    }
    const message = error instanceof Endless ? error.message : 'the value is nested too deeply';
    return { errors: [errorAt({ path: '', message })], endless: true };
  }
}

/** An error as Cerbos writes it into a line. */
export function attributeError({ source, path, message }: ValidationError): string {
  return `${source === 'SOURCE_PRINCIPAL' ? 'P' : 'R'}.attr[${path}]: ${message}`;
}

function isIgnored(ignored: readonly string[], actions: readonly string[]): boolean {
  return ignored.length > 0 && lookedAt(ignored, actions).length === 0;
}

/** The actions that none of the globs matches. */
export function lookedAt(ignored: readonly string[], actions: readonly string[]): readonly string[] {
  const globs = ignored.map((source) => compileGlob(source));
  return actions.filter((action) => !globs.some((glob) => glob?.matches(action) === true));
}
