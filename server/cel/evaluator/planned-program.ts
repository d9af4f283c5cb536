import { children } from '../ast';
import type { Expr } from '../ast';
import type { CheckResult } from '../checker/check-result';
import type { Range } from '../issue';
import { boolType, dynType, sameType } from '../types';
import { defaultCostLimit } from '../program';
import type {
  Bindings,
  ErrorResult,
  EvalContext,
  EvalResult,
  Explanation,
  Program,
  TraceEntry,
  UnknownResult,
} from '../program';
import { Optional } from '../values/optional';
import type { CelValue } from '../values/value';
import { unparse } from '../unparse';
import { fail, Failure, Trouble, Unknown } from '../values/failure';
import { constantsOf } from './planner/constants';
import { BudgetExceeded, Frame } from './frame';
import type { Evaluator, Evaluated } from './frame';
import { plan } from './planner/planner';
import type { Plan } from './planner/planner';
import type { PlanMode } from './planner/planning';
import { residual } from './residual';
import type { PartEvaluator } from './residual';
import { sharedPlans } from './shared-plans';

type Recorder = (node: Expr, outcome: Evaluated) => void;

/** A checked tree, ready to be planned. */
export interface CheckedExpr {
  readonly evaluated: Expr;
  readonly checked: CheckResult;
}

/** Needed beyond plain evaluation: to tell where something failed, to explain, to leave a residual. */
interface Detail extends CheckedExpr {
  traced?: Planned;
  partial?: Planned;
}

interface Planned {
  readonly plan: Plan;
  readonly constants: readonly CelValue[];
}

/**
 * A program of closures, which it shares with those that differ from it in constants alone. Of the tree it keeps
 * nothing, if it can be made anew: plans take less memory than trees, and few programs are ever explained.
 */
export class PlannedProgram implements Program {
  #plan: Plan | undefined;
  #constants: readonly CelValue[] = noConstants;
  readonly #origin: CheckedExpr | WeakRef<CheckedExpr>;
  readonly #again: (() => CheckedExpr) | undefined;
  #detail: WeakRef<Detail> | undefined;

  /** @param again makes an equal tree, so that this one need not be kept */
  constructor(origin: CheckedExpr, again?: () => CheckedExpr) {
    this.#origin = again ? new WeakRef(origin) : origin;
    this.#again = again;
  }

  evaluate(bindings: Bindings, context: EvalContext = {}): EvalResult {
    return context.unknowns && context.unknowns.length > 0
      ? this.#evaluatePartially(bindings, context)
      : this.#result(this.#runPlain(bindings, context));
  }

  test(bindings: Bindings, context: EvalContext): boolean | ErrorResult | UnknownResult {
    if (context.unknowns && context.unknowns.length > 0) {
      const result = this.#evaluatePartially(bindings, context);
      return result.kind === 'value' ? isTrue(result.value) : result;
    }
    const outcome = this.#runPlain(bindings, context);
    if (typeof outcome === 'boolean') {
      return outcome;
    }
    const result = this.#result(outcome);
    return result.kind === 'value' ? isTrue(result.value) : result;
  }

  explain(bindings: Bindings, context: EvalContext = {}): Explanation {
    const trace: TraceEntry[] = [];
    const record: Recorder = (node, outcome) => {
      trace.push({ node, range: node.range, result: entry(outcome, node) });
    };
    if (context.unknowns && context.unknowns.length > 0) {
      return { result: this.#evaluatePartially(bindings, context, record), trace };
    }
    const detail = this.#details();
    detail.traced ??= planned(detail, { trace: true, unknowns: false });
    const outcome = run(detail, detail.traced, bindings, context, record);
    return { result: resultOf(outcome, detail.evaluated), trace };
  }

  #evaluatePartially(bindings: Bindings, context: EvalContext, record?: Recorder): EvalResult {
    const detail = this.#details();
    const { evaluated: expr, checked } = detail;
    detail.partial ??= planned(detail, { trace: true, unknowns: true });
    const outcomes = new Map<Expr, Evaluated>();
    const outcome = run(detail, detail.partial, bindings, context, (node, result) => {
      outcomes.set(node, result);
      record?.(node, result);
    });
    return outcome instanceof Unknown
      ? {
          kind: 'unknown',
          residual: residual(expr, outcomes, {
            evaluate: partEvaluator(checked, bindings, context),
            isBool: (part) => sameType(checked.typeOf(part) ?? dynType, boolType),
          }),
          paths: outcome.nodes.map((node) => unparse(node)),
        }
      : resultOf(outcome, expr);
  }

  #details(): Detail {
    let detail = this.#detail?.deref();
    if (!detail) {
      const { evaluated, checked } = this.#tree();
      detail = { evaluated, checked };
      this.#detail = new WeakRef(detail);
    }
    return detail;
  }

  #tree(): CheckedExpr {
    const origin = this.#origin instanceof WeakRef ? this.#origin.deref() : this.#origin;
    const tree = origin ?? this.#again?.();
    if (!tree) {
      throw new TypeError('a program without a tree');
    }
    return tree;
  }

  #runPlain(bindings: Bindings, { costLimit = defaultCostLimit, now }: EvalContext): Evaluated {
    const { evaluator, slots } = this.#plan ?? this.#makePlan();
    return finish(evaluator, new Frame(bindings, this.#constants, slots, costLimit, now));
  }

  #makePlan(): Plan {
    const { evaluated, checked } = this.#tree();
    const constants = constantsOf(evaluated, checked, plain);
    const make = (): Plan => plan(evaluated, checked, plain, constants);
    const { key } = constants;
    this.#plan = key === undefined ? make() : sharedPlans(checked.environment).share(key, make);
    this.#constants = constants.values.length === 0 ? noConstants : constants.values;
    return this.#plan;
  }

  #result(outcome: Evaluated): EvalResult {
    if (outcome instanceof Failure) {
      const rangeOf = (): Range => this.#rangeOf(outcome);
      return {
        kind: 'error',
        message: outcome.message,
        // Worked out only if somebody looks.
        get range() {
          return rangeOf();
        },
      };
    }
    return outcome instanceof Trouble
      ? resultOf(outcome, this.#tree().evaluated)
      : { kind: 'value', value: outcome };
  }

  /** The range of the part that failed, which the tree of the shared plan names. */
  #rangeOf({ node }: Failure): Range {
    const { evaluated: expr } = this.#tree();
    const tree = this.#plan?.tree;
    return ((node && tree && counterpart(node, tree, expr)) ?? expr).range;
  }
}

const plain: PlanMode = { trace: false, unknowns: false };
const noConstants: readonly CelValue[] = [];

function planned({ evaluated, checked }: CheckedExpr, mode: PlanMode): Planned {
  const constants = constantsOf(evaluated, checked, mode);
  return { plan: plan(evaluated, checked, mode, constants), constants: constants.values };
}

function run(
  { checked }: CheckedExpr,
  given: Planned,
  bindings: Bindings,
  context: EvalContext,
  record?: Recorder,
): Evaluated {
  return finish(given.plan.evaluator, frameOf(checked, given, bindings, context, record));
}

function frameOf(
  { environment }: CheckResult,
  { plan: { slots }, constants }: Planned,
  bindings: Bindings,
  { unknowns = [], known = [], costLimit = defaultCostLimit, now }: EvalContext,
  record?: Recorder,
): Frame {
  const paths = {
    unknown: unknowns.map((path) => environment.canonicalPath(path.split('.'))),
    known: known.map((path) => environment.canonicalPath(path)),
  };
  return new Frame(bindings, constants, slots, costLimit, now, paths, record);
}

/** Evaluates parts that the evaluation as a whole did not reach; all of them together may cost as much as that. */
function partEvaluator(checked: CheckResult, bindings: Bindings, context: EvalContext): PartEvaluator {
  let left = context.costLimit ?? defaultCostLimit;
  const mode = { trace: true, unknowns: true };
  return (part, locals) => {
    const outcomes = new Map<Expr, Evaluated>();
    if (left <= 0) {
      return outcomes;
    }
    const constants = constantsOf(part, checked, mode);
    const made = plan(part, checked, mode, constants, [...locals.keys()]);
    const given = { plan: made, constants: constants.values };
    const frame = frameOf(checked, given, bindings, { ...context, costLimit: left }, (node, outcome) =>
      outcomes.set(node, outcome),
    );
    [...locals.values()].forEach((value, index) => {
      frame.slots[made.given[index] ?? 0] = value;
    });
    finish(made.evaluator, frame);
    // Looking costs something even where nothing is evaluated.
    left = frame.left - 1;
    return outcomes;
  };
}

/** Turns every exception into a failure, a bug's included: a policy must not bring down its caller. */
function finish(evaluator: Evaluator, frame: Frame): Evaluated {
  try {
    return evaluator(frame);
  } catch (error) {
    if (error instanceof BudgetExceeded) {
      return fail('operation cancelled: actual cost limit exceeded');
    }
    return fail(`internal error: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function resultOf(outcome: Evaluated, expr: Expr): EvalResult {
  if (outcome instanceof Trouble && !(outcome instanceof Failure)) {
    return { kind: 'unknown', residual: expr, paths: unknownPaths(outcome) };
  }
  return outcome instanceof Failure ? errorAt(outcome, expr) : { kind: 'value', value: outcome };
}

function entry(outcome: Evaluated, node: Expr): TraceEntry['result'] {
  if (outcome instanceof Failure) {
    return errorAt(outcome, node);
  }
  return outcome instanceof Trouble ? { kind: 'unknown' } : { kind: 'value', value: outcome };
}

function errorAt({ message, node }: Failure, whole: Expr): ErrorResult {
  return { kind: 'error', message, range: (node ?? whole).range };
}

/** The node of a tree in the place that another node has in a tree of the same form. */
function counterpart(node: Expr, tree: Expr, other: Expr): Expr | undefined {
  const pending: [Expr, Expr][] = [[tree, other]];
  const seen = new Set<Expr>();
  for (let pair = pending.pop(); pair; pair = pending.pop()) {
    const [part, opposite] = pair;
    if (part === node) {
      return opposite;
    }
    if (seen.has(part)) {
      continue;
    }
    seen.add(part);
    const others = partsOf(opposite);
    for (const [index, each] of partsOf(part).entries()) {
      const its = others[index];
      if (its) {
        pending.push([each, its]);
      }
    }
  }
  return undefined;
}

/** Everything that may be planned of a node: its parts, and what its macro was called with. */
function partsOf(expr: Expr): readonly Expr[] {
  return expr.macro ? [...children(expr), ...expr.macro.args] : children(expr);
}

/** Plans a checked tree, such as a part of a compiled expression. */
export function planProgram(expr: Expr, checked: CheckResult): Program {
  return new PlannedProgram({ evaluated: expr, checked });
}

function isTrue(value: CelValue): boolean {
  return value === true || (value instanceof Optional && value.value === true);
}

function unknownPaths(trouble: Trouble): readonly string[] {
  return trouble instanceof Unknown ? [...new Set(trouble.nodes.map((node) => unparse(node)))] : [];
}
