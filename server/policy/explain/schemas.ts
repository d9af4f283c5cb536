import type { CheckInput, SchemaEnforcement } from '../check-types';
import { enforceSchemas, lookedAt } from '../schemas/enforce';
import type { PolicySchema, PolicySchemas, Validation } from '../schemas/enforce';
import { schemaFileOf, splitFragment } from '../schemas/documents/reference';
import { schemasFolder } from '../schemas/store';
import type { SchemaExplanation } from './types';

/** The result of each schema of a policy; none if schemas are not enforced. */
export function explainSchemas(
  schemas: PolicySchemas | undefined,
  input: CheckInput,
  enforcement: SchemaEnforcement,
): readonly SchemaExplanation[] {
  if (!schemas || enforcement === 'none') {
    return [];
  }
  return (['principal', 'resource'] as const).flatMap((whose) => {
    const schema = schemas[whose];
    if (!schema) {
      return [];
    }
    // Validated one by one, to know which of the two rejects.
    const alone = { principal: undefined, resource: undefined, [whose]: schema };
    return [explanationOf(whose, schema, input, enforceSchemas(alone, input, enforcement))];
  });
}

function explanationOf(
  whose: SchemaExplanation['whose'],
  { ref, location, ignoredActions }: PolicySchema,
  { actions }: CheckInput,
  { errors, rejects }: Validation,
): SchemaExplanation {
  const file = schemaFileOf(splitFragment(ref)[0]);
  const relevant = lookedAt(ignoredActions, actions);
  const isIgnored = ignoredActions.length > 0 && relevant.length === 0;
  const invalid = rejects ? 'rejected' : 'reported';
  return {
    whose,
    ref,
    ...(file !== undefined && { file: `${schemasFolder}/${file}` }),
    location,
    outcome: isIgnored ? 'ignored' : errors.length > 0 ? invalid : 'valid',
    ignoreWhen: ignoredActions,
    lookedAtFor: relevant,
    errors,
  };
}
