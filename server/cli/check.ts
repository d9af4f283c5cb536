import path from 'node:path';
import { answer } from './check/answer';
import { answerBy } from './check/decision-point';
import { answerLines } from './check/lines';
import type { AnswerLine } from './check/lines';
import { clockOf, doesNotCompile, loadPolicies, tokenVerifierOf } from './check/policies';
import { readOptions } from './check/options';
import type { CheckArguments, Decider } from './check/options';
import { UsageError } from './command';
import type { Command, CommandContext } from './command';
import { embeddedDecisionPoint, httpDecisionPoint } from '../policy/decision-points';
import type { DecisionPoint, EngineOptions } from '../policy/decision-points';

const usage = `Usage: gatehouse check --policies DIR|--pdp URL|--bundle FILE [OPTION...]

Answers Cerbos CheckResources requests: JSON in, JSON out, one a line, in the shape of Cerbos' HTTP API.

  --policies DIR           the policies
  --pdp URL                instead: ask a central policy decision point, a Cerbos server; without an answer all is
                           denied, and standard error tells why
  --bundle FILE            instead: a bundle of Cerbos Hub, or its https URL (never tried with a real one)
  --strict-evaluation      an expression that cannot be evaluated denies
  --lenient-scope-search   a scope without policies falls back to its ancestors
  --schema-enforcement MODE
                           what becomes of attributes that a schema does not allow: none (default, as in Cerbos),
                           warn (the answer tells), or reject (all actions are denied)
  --globals JSON           an object, readable as G in expressions
  --now TIME               what now() is, such as 2026-01-31T12:00:00Z; the present, if not given
  --explain                each result also has an "explanation": every rule with its outcome, what conditions,
                           variables and derived roles came to, and where they are written

Tokens (auxData.jwt, auxData.jwts) are verified, and their claims given to policies:

  --jwt-key-set ID=FILE    keys that tokens may be signed with: a JWKS, a PEM file, or a JWKS at an http(s) URL;
                           may be repeated
  --jwt-optional-alg       keys need not name their algorithm (less safe)
  --jwt-optional-kid       keys and tokens need not have a key id (less safe)
  --jwt-time-skew SECONDS  how far the clocks of issuers may be off
  --jwt-disable-verification  take tokens at their word: for tests only

A line that cannot be answered is answered with {"code": 3, "message": …}; the next one is read all the same.
Exits with 0 at the end of the input, with 3 if the policies do not compile.`;

/** Answers requests against policies. */
export const command: Command = {
  usage,
  run: (args, context) => runCheck(args, context),
};

/**
 * `gatehouse check`: answers every line of standard input with one line, in order.
 * @returns the exit code
 * @throws {@link UsageError} if the command line is wrong, or names a file of keys that cannot be read
 */
export async function runCheck(args: readonly string[], context: CommandContext): Promise<number> {
  const options = readOptions(args);
  const answerLine = await answererOf(options, context);
  if (!answerLine) {
    return doesNotCompile;
  }
  await answerLines(answerLine, context);
  return 0;
}

/** Makes the function that answers each line; undefined if the policies do not compile. */
async function answererOf(options: CheckArguments, context: CommandContext): Promise<AnswerLine | undefined> {
  const { decider, explain, now } = options;
  const verifier = await tokenVerifierOf(options, context);
  if (decider.kind === 'policies') {
    const set = await loadPolicies(options, context);
    if (!set) {
      return undefined;
    }
    return (line) => answer(set, verifier, line, { ...options, now: now ?? new Date() }, explain);
  }
  const clock = clockOf(options);
  const settings = { ...options, tokens: verifier, now: () => new Date(clock()) };
  const point = elsewhere(decider, settings, context);
  return (line) => answerBy(point, line);
}

function elsewhere(
  { kind, where }: Decider,
  { globals, lenientScopeSearch, now, tokens }: EngineOptions,
  { cwd, stderr }: CommandContext,
): DecisionPoint {
  const onUnavailable = (error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    stderr.write(`gatehouse: no decision, so all is denied: ${reason}\n`);
  };
  if (kind === 'bundle') {
    const source = where.startsWith('https://') ? { url: where } : { file: path.resolve(cwd, where) };
    return embeddedDecisionPoint(source, {
      onUnavailable,
      ...(globals && { globals }),
      ...(lenientScopeSearch !== undefined && { lenientScopeSearch }),
      ...(now && { now }),
      ...(tokens && { tokens }),
    });
  }
  try {
    return httpDecisionPoint(where, { onUnavailable });
  } catch (error) {
    throw new UsageError(`--pdp: ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    });
  }
}
