import type { KeywordReader } from '../keyword-reader';
import type { Check, Schema, SchemaProblem } from '../schema';

/** `not`, `allOf`, `anyOf` and `oneOf`. */
export function combiningChecks(reader: KeywordReader): readonly Check[] {
  const not = reader.schema('not', 'same');
  const [all, any, one] = ['allOf', 'anyOf', 'oneOf'].map((keyword) => reader.schemas(keyword, 'same'));
  const checks: Check[] = [];
  if (not) {
    checks.push((visit) => {
      if (visit.same(not).length === 0) {
        visit.fail('not failed');
      }
    });
  }
  if (all) {
    checks.push((visit) => {
      for (const schema of all) {
        visit.add(visit.same(schema));
      }
    });
  }
  if (any) {
    checks.push(anyOf(any));
  }
  if (one) {
    checks.push(oneOf(one));
  }
  return checks;
}

/** All are looked at, also after one has matched: each may look at properties that the others do not. */
function anyOf(schemas: readonly Schema[]): Check {
  return (visit) => {
    const results = schemas.map((schema) => visit.same(schema));
    if (results.every((problems) => problems.length > 0)) {
      visit.add(results.flat());
    }
  };
}

function oneOf(schemas: readonly Schema[]): Check {
  return (visit) => {
    const causes: SchemaProblem[] = [];
    let matched: number | undefined;
    for (const [index, schema] of schemas.entries()) {
      const problems = visit.same(schema);
      causes.push(...problems);
      if (problems.length > 0) {
        continue;
      }
      if (matched !== undefined) {
        visit.fail(`valid against schemas at indexes ${matched} and ${index}`);
        return;
      }
      matched = index;
    }
    if (matched === undefined) {
      visit.add(causes);
    }
  };
}

/** `if`, `then` and `else`. */
export function conditionalCheck(reader: KeywordReader): Check | undefined {
  const condition = reader.node('if')?.kind === 'null' ? undefined : reader.schema('if', 'same');
  if (!condition) {
    return undefined;
  }
  const [then, otherwise] = [reader.schema('then', 'same'), reader.schema('else', 'same')];
  return (visit) => {
    const branch = visit.same(condition).length === 0 ? then : otherwise;
    if (branch) {
      visit.leavingScope(() => visit.add(visit.same(branch)));
    }
  };
}
