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
import { Failure, Trouble, Unknown } from '../values/failure';
import { BudgetExceeded, Frame } from './frame';
import type { Evaluator, Evaluated } from './frame';
import { plan } from './planner/planner';
import type { Plan } from './planner/planner';
import { residual } from './residual';
import type { PartEvaluator } from './residual';

type Recorder = (node: Expr, outcome: Evaluated) => void;

/** A program of closures. Each kind of plan (plain, tracing, with unknowns) is made when it is first used. */
export class PlannedProgram implements Program {
  readonly #expr: Expr;
  readonly #checked: CheckResult;
  // The parts of the plain plan, without an object around them: each further object costs time on every evaluation.
  #evaluator: Evaluator | undefined;
  #slots = 0;
  #traced: Plan | undefined;
  #partial: Plan | undefined;

  constructor(expr: Expr, checked: CheckResult) {
    this.#expr = expr;
    this.#checked = checked;
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
      trace.push({ node, range: node.range, result: this.#entry(outcome, node) });
    };
    if (context.unknowns && context.unknowns.length > 0) {
      return { result: this.#evaluatePartially(bindings, context, record), trace };
    }
    this.#traced ??= plan(this.#expr, this.#checked, { trace: true, unknowns: false });
    return { result: this.#result(this.#run(this.#traced, bindings, context, record)), trace };
  }

  #evaluatePartially(bindings: Bindings, context: EvalContext, record?: Recorder): EvalResult {
    this.#partial ??= plan(this.#expr, this.#checked, { trace: true, unknowns: true });
    const outcomes = new Map<Expr, Evaluated>();
    const outcome = this.#run(this.#partial, bindings, context, (node, result) => {
      outcomes.set(node, result);
      record?.(node, result);
    });
    return outcome instanceof Unknown
      ? {
          kind: 'unknown',
          residual: residual(this.#expr, outcomes, {
            evaluate: this.#partEvaluator(bindings, context),
            isBool: (expr) => sameType(this.#checked.typeOf(expr) ?? dynType, boolType),
          }),
          paths: outcome.nodes.map((node) => unparse(node)),
        }
      : this.#result(outcome);
  }

  /** Evaluates parts that the evaluation as a whole did not reach; all of them together may cost as much as that. */
  #partEvaluator(bindings: Bindings, context: EvalContext): PartEvaluator {
    let left = context.costLimit ?? defaultCostLimit;
    return (part, locals) => {
      const outcomes = new Map<Expr, Evaluated>();
      if (left <= 0) {
        return outcomes;
      }
      const planned = plan(part, this.#checked, { trace: true, unknowns: true }, [...locals.keys()]);
      const frame = this.#frame(planned, bindings, { ...context, costLimit: left }, (node, outcome) =>
        outcomes.set(node, outcome),
      );
      [...locals.values()].forEach((value, index) => {
        frame.slots[planned.given[index] ?? 0] = value;
      });
      this.#finish(planned.evaluator, frame);
      // Looking costs something even where nothing is evaluated.
      left = frame.left - 1;
      return outcomes;
    };
  }

  #run(planned: Plan, bindings: Bindings, context: EvalContext, record?: Recorder): Evaluated {
    return this.#finish(planned.evaluator, this.#frame(planned, bindings, context, record));
  }

  #frame(planned: Plan, bindings: Bindings, context: EvalContext, record?: Recorder): Frame {
    const { unknowns, known, costLimit = defaultCostLimit, now } = context;
    const canonical = (path: readonly string[]): readonly string[] =>
      this.#checked.environment.canonicalPath(path);
    const paths = {
      unknown: (unknowns ?? []).map((path) => canonical(path.split('.'))),
      known: (known ?? []).map(canonical),
    };
    return new Frame(bindings, planned.slots, costLimit, now, paths, record);
  }

  #runPlain(bindings: Bindings, { costLimit = defaultCostLimit, now }: EvalContext): Evaluated {
    const evaluator = this.#evaluator ?? this.#plan();
    return this.#finish(evaluator, new Frame(bindings, this.#slots, costLimit, now));
  }

  #plan(): Evaluator {
    const { evaluator, slots } = plan(this.#expr, this.#checked, { trace: false, unknowns: false });
    this.#slots = slots;
    this.#evaluator = evaluator;
    return evaluator;
  }

  /** Turns every exception into a failure, a bug's included: a policy must not bring down its caller. */
  #finish(evaluator: Evaluator, frame: Frame): Evaluated {
    try {
      return evaluator(frame);
    } catch (error) {
      if (error instanceof BudgetExceeded) {
        return new Failure('operation cancelled: actual cost limit exceeded', this.#expr);
      }
      return new Failure(
        `internal error: ${error instanceof Error ? error.message : String(error)}`,
        this.#expr,
      );
    }
  }

  #result(outcome: Evaluated): EvalResult {
    if (outcome instanceof Failure) {
      return { kind: 'error', message: outcome.message, range: this.#rangeOf(outcome, this.#expr) };
    }
    if (outcome instanceof Trouble) {
      const paths = unknownPaths(outcome);
      return { kind: 'unknown', residual: this.#expr, paths };
    }
    return { kind: 'value', value: outcome };
  }

  #entry(outcome: Evaluated, node: Expr): TraceEntry['result'] {
    if (outcome instanceof Failure) {
      return { kind: 'error', message: outcome.message, range: this.#rangeOf(outcome, node) };
    }
    return outcome instanceof Trouble ? { kind: 'unknown' } : { kind: 'value', value: outcome };
  }

  #rangeOf(failure: Failure, node: Expr): Range {
    return (failure.node ?? node).range;
  }
}

/** Plans a checked tree, such as a part of a compiled expression. */
export function planProgram(expr: Expr, checked: CheckResult): Program {
  return new PlannedProgram(expr, checked);
}

function isTrue(value: CelValue): boolean {
  return value === true || (value instanceof Optional && value.value === true);
}

function unknownPaths(trouble: Trouble): readonly string[] {
  return trouble instanceof Unknown ? [...new Set(trouble.nodes.map((node) => unparse(node)))] : [];
}
