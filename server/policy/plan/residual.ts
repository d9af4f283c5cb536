import { CelFailure, Optional } from '../../cel';
import { namesOf } from './attributes';
import { Evaluation } from './evaluate';
import { lambdaOf } from './lambda';
import { unknown } from './outcome';
import type { Knowledge, PlannedValue } from './outcome';
import { PlanningError } from './problem';
import { prune } from './prune';
import { recompilationProblem } from './recompile';
import { call, copyOf, withParts } from './term';
import type { CallTerm, LoopTerm, MapTerm, Term } from './term';
import { childrenOf } from './term';
import { compareCodePoints } from './text';

/** A condition's value, or what is left of it. */
export type Residual = boolean | CelFailure | Term;

/** Evaluates a condition as far as is known. What has a value that is no bool does not hold. */
export function evaluatePartially(term: Term, knowledge: Knowledge): Residual {
  const { outcome, left } = reduce(term, knowledge);
  if (outcome instanceof CelFailure) return outcome;
  if (outcome !== unknown) {
    writable(left);
    return outcome === true;
  }
  return writable(simplify(loopBodies(left, knowledge), knowledge));
}

function reduce(term: Term, knowledge: Knowledge): { readonly outcome: PlannedValue; readonly left: Term } {
  const evaluation = new Evaluation(knowledge);
  const outcome = evaluation.run(term);
  return { outcome, left: prune(term, evaluation.outcomes) };
}

/** The same where a failure is one of planning. */
function mustReduce(term: Term, knowledge: Knowledge): Term {
  const { outcome, left } = reduce(term, knowledge);
  if (outcome instanceof CelFailure) throw new PlanningError(outcome.message);
  return left;
}

/** Filters know nothing of optional values, nor of the functions that give or take some. */
const optionalFunctions = new Set([
  '_?._',
  '_[?_]',
  'optional.of',
  'optional.none',
  'optional.ofNonZeroValue',
  'hasValue',
  'value',
  'or',
  'orValue',
  'optional.unwrap',
  'unwrapOpt',
  'first',
  'last',
  'regex.extract',
]);

/** @throws PlanningError for a term that cannot be written into a filter */
function writable(term: Term): Term {
  if (isOptional(term)) throw new PlanningError('optional values are not supported in query plans');
  for (const part of childrenOf(term)) writable(part);
  return term;
}

function isOptional(term: Term): boolean {
  switch (term.kind) {
    case 'literal':
      return term.value instanceof Optional;
    case 'call':
      return optionalFunctions.has(term.name);
    case 'list':
      return term.optional.length > 0;
    case 'map':
      return term.entries.some(({ optional }) => optional);
    case 'struct':
      return term.fields.some(({ optional }) => optional);
    default:
      return false;
  }
}

/** Evaluates what loops do in a round, where their variables are not known. */
function loopBodies(term: Term, knowledge: Knowledge): Term {
  const go = (part: Term): Term => loopBodies(part, knowledge);
  if (term.kind !== 'loop') return withParts(term, go);
  const { step } = term;
  if (step.kind !== 'call') throw new PlanningError('expected call expr');
  const names = namesOf(term);
  const inner = { ...knowledge, unknowns: new Set([...knowledge.unknowns, ...names]) };
  // The first that is not what was accumulated so far.
  const [first] = step.args;
  const at = first?.kind === 'identifier' && first.name === term.accumulator ? 1 : 0;
  const args = step.args.map((arg, index) =>
    index === at ? loopBodies(mustReduce(copyOf(arg), inner), inner) : arg,
  );
  const made: CallTerm = { ...step, args, target: undefined };
  return { ...term, range: go(term.range), step: made };
}

/** Takes apart what the binary takes apart: an entry of a known map, and `exists` and `all` over what is known. */
function simplify(term: Term, knowledge: Knowledge): Term {
  const made = choicesOf(term) ?? roundsOf(term, knowledge);
  return made ? mustReduce(copyOf(made), knowledge) : term;
}

const comparisons = new Set(['_==_', '_!=_', '_<_', '_<=_', '_>_', '_>=_']);

/** `{"a": 1, "b": 2}[R.attr.x] == 1` as `R.attr.x == "a" && 1 == 1 || R.attr.x == "b" && 1 == 2`. */
function choicesOf(term: Term): Term | undefined {
  if (term.kind !== 'call' || term.args.length !== 2) return undefined;
  const [first, second] = term.args;
  const [entry, constant] = term.name === '@in' ? [second, first] : [first, second];
  if (!entry || constant?.kind !== 'literal' || (term.name !== '@in' && !comparisons.has(term.name))) {
    return undefined;
  }
  const field = entry.kind === 'select' ? entry.field : undefined;
  const index = entry.kind === 'select' ? entry.operand : entry;
  if (index.kind !== 'call' || index.name !== '_[_]') return undefined;
  const [map, key] = index.args;
  if (map?.kind !== 'map' || key?.kind !== 'select' || map.entries.length === 0) return undefined;
  return anyOf(
    sorted(map).map((each) => {
      const value: Term =
        field === undefined || field === ''
          ? each.value
          : { kind: 'select', operand: each.value, field, test: false };
      return call('_&&_', call('_==_', key, each.key), call(term.name, constant, value));
    }),
  );
}

function sorted({ entries }: MapTerm): MapTerm['entries'] {
  const nameOf = (key: Term): string | undefined =>
    key.kind === 'literal' && typeof key.value === 'string' ? key.value : undefined;
  return [...entries].sort((a, b) => {
    const [left, right] = [nameOf(a.key), nameOf(b.key)];
    return left === undefined || right === undefined ? 0 : compareCodePoints(left, right);
  });
}

const mostRounds = 10;

function roundsOf(term: Term, knowledge: Knowledge): Term | undefined {
  if (term.kind !== 'loop' || !isWhollyKnown(term.range)) return undefined;
  const { operator, body } = lambdaOf(term);
  if ((operator !== 'exists' && operator !== 'all') || !body) return undefined;
  const rounds = valuesOf(term, knowledge);
  if (!rounds || rounds.length > mostRounds) return undefined;
  // The binary writes the body as text and compiles it again, which not everything survives.
  const problem = recompilationProblem(body, namesOf(term));
  if (problem !== undefined) throw new PlanningError(problem);
  const made = rounds.map((values) =>
    mustReduce(copyOf(body), { ...knowledge, values: new Map([...knowledge.values, ...values]) }),
  );
  return operator === 'exists' ? anyOf(made) : joined('_&&_', made);
}

/** What the loop's variables are in each round. */
function valuesOf(
  { range, variable, variable2 }: LoopTerm,
  knowledge: Knowledge,
): Knowledge['values'][] | undefined {
  const known = (term: Term) => {
    const outcome = new Evaluation(knowledge).run(term);
    if (outcome === unknown || outcome instanceof CelFailure) throw new PlanningError('unknown range');
    return outcome;
  };
  if (range.kind === 'list') {
    return range.elements.map((element, index) =>
      variable2 === undefined
        ? new Map([[variable, known(element)]])
        : new Map([
            [variable, BigInt(index)],
            [variable2, known(element)],
          ]),
    );
  }
  if (range.kind !== 'map') return undefined;
  return range.entries.map(({ key, value }) => {
    const names = new Map([[variable, known(key)]]);
    if (variable2 !== undefined) names.set(variable2, known(value));
    return names;
  });
}

/** Whether a range is a list or a map of literals. */
function isWhollyKnown(range: Term): boolean {
  const isKnown = (term: Term): boolean =>
    term.kind === 'literal' ||
    ((term.kind === 'list' || term.kind === 'map' || term.kind === 'struct') &&
      childrenOf(term).every(isKnown));
  return range.kind !== 'literal' && isKnown(range);
}

function anyOf(terms: readonly Term[]): Term {
  return joined('_||_', terms);
}

/** `a || (b || c)` */
export function joined(operator: string, [first, ...others]: readonly Term[]): Term {
  if (!first) throw new PlanningError('nothing to join');
  return others.length === 0 ? first : call(operator, first, joined(operator, others));
}
