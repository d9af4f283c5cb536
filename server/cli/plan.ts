import { answerLines } from './check/lines';
import { readOptions } from './check/options';
import { doesNotCompile, loadPolicies, tokenVerifierOf } from './check/policies';
import { UsageError } from './command';
import type { Command, CommandContext } from './command';
import { answerPlan } from './check/plan-answer';

const usage = `Usage: gatehouse plan --policies DIR [OPTION...]

Answers Cerbos PlanResources requests: which resources of a kind a principal may perform actions on. JSON in, JSON
out, one a line, in the shape of Cerbos' HTTP API.

  --policies DIR           the policies
  --strict-evaluation      an expression that cannot be evaluated denies
  --lenient-scope-search   a scope without policies falls back to its ancestors
  --schema-enforcement MODE
                           what becomes of attributes that a schema does not allow: none (default, as in Cerbos),
                           warn (the answer tells), or reject (all actions are denied)
  --globals JSON           an object, readable as G in expressions
  --now TIME               what now() is, such as 2026-01-31T12:00:00Z; the present, if not given

Tokens (auxData.jwt, auxData.jwts) are verified as by gatehouse check, with the same --jwt-… options.

A line that cannot be answered is answered with {"code": 3, "message": …}, a plan that cannot be made with
{"code": 13, "message": …}; the next line is read all the same.
Exits with 0 at the end of the input, with 3 if the policies do not compile.`;

/** Makes query plans from policies. */
export const command: Command = {
  usage,
  run: (args, context) => runPlan(args, context),
};

/**
 * `gatehouse plan`: answers every line of standard input with one line, in order.
 * @returns the exit code
 * @throws {@link UsageError} if the command line is wrong, or names a file of keys that cannot be read
 */
export async function runPlan(args: readonly string[], context: CommandContext): Promise<number> {
  const options = readOptions(args);
  const { decider, explain, now } = options;
  if (decider.kind !== 'policies') {
    throw new UsageError(`gatehouse plan has no --${decider.kind}.`);
  }
  if (explain) {
    throw new UsageError('gatehouse plan has no --explain.');
  }
  const verifier = await tokenVerifierOf(options, context);
  const set = await loadPolicies(options, context);
  if (!set) {
    return doesNotCompile;
  }
  await answerLines(
    (line) => answerPlan(set, verifier, line, { ...options, now: now ?? new Date() }),
    context,
  );
  return 0;
}
