import type { Comprehension, Expr } from '../../ast';
import { accumulator } from '../../parser/macros';
import type { CelValue } from '../../values/value';
import { Trouble } from '../../values/failure';
import type { Evaluator, Evaluated } from '../frame';
import { existsOneLoop, generalLoop, listLoop, mapLoop, quantifierLoop } from '../loops';
import type { LoopPlan } from '../loops';
import { MapGatherer } from '../../values/operations/map-gatherer';
import { listCost } from './plan-aggregates';
import type { Planning } from './planning';
import type { Local } from './scopes';

/** Plans a loop, and what only gives a value a name. */
export function planComprehension(planning: Planning, expr: Comprehension): Evaluator {
  if (isBinding(expr)) {
    return planBinding(planning, expr);
  }
  const { scopes } = planning;
  const loop: LoopPlan = {
    node: expr,
    range: planning.plan(expr.iterRange),
    first: scopes.newSlot(),
    second: expr.iterVar2 === undefined ? undefined : scopes.newSlot(),
  };
  const locals = new Map<string, Local>([[expr.iterVar, { slot: loop.first }]]);
  if (expr.iterVar2 !== undefined && loop.second !== undefined) {
    locals.set(expr.iterVar2, { slot: loop.second });
  }
  return (
    scopes.within(locals, () => planMacroLoop(planning, expr, loop)) ??
    planAnyLoop(planning, expr, loop, locals)
  );
}

/** True for a comprehension without a loop: `cel.bind` expands to one. */
function isBinding(expr: Comprehension): boolean {
  return (
    expr.iterVar === '#unused' &&
    expr.iterRange.kind === 'list' &&
    expr.iterRange.elements.length === 0 &&
    expr.condition.kind === 'literal' &&
    expr.condition.value === false
  );
}

function planBinding(planning: Planning, expr: Comprehension): Evaluator {
  const slot = planning.scopes.newSlot();
  const initial = planning.plan(expr.initial);
  const named = new Map([[expr.accumulator, { slot, initial }]]);
  const body = planning.scopes.within(named, () => planning.plan(expr.result));
  return (frame) => {
    frame.spend(listCost);
    frame.slots[slot] = undefined;
    return body(frame);
  };
}

/** The loops that macros make have shorter ways than step by step. */
function planMacroLoop(planning: Planning, expr: Comprehension, loop: LoopPlan): Evaluator | undefined {
  const args = expr.macro?.args ?? [];
  const variables = expr.iterVar2 === undefined ? 1 : 2;
  const last = args.at(-1);
  if (!last || expr.accumulator !== accumulator) {
    return undefined;
  }
  const filtered = args.length === variables + 2 ? args[variables] : undefined;
  const filter = (): Evaluator | undefined => filtered && planning.plan(filtered);
  switch (expr.macro?.name) {
    case 'all':
    case 'exists':
      // Where a constant decides, the step is no longer the macro's.
      return expr.step.kind === 'call'
        ? quantifierLoop(loop, planning.plan(last), expr.macro.name === 'exists')
        : undefined;
    case 'exists_one':
    case 'existsOne':
      return existsOneLoop(loop, planning.plan(last));
    case 'map':
    case 'sortBy':
    case 'transformList':
      return listLoop(loop, filter(), planning.plan(last));
    case 'filter': {
      const [variable] = args;
      return variable && listLoop(loop, planning.plan(last), planning.plan(variable));
    }
    case 'transformMap':
      return planMapLoop(planning, loop, filter(), last);
    case 'transformMapEntry':
      return planEntriesLoop(planning, loop, filter(), last);
    default:
      return undefined;
  }
}

/** `transformMap`: every key keeps its place, with another value. */
function planMapLoop(
  planning: Planning,
  loop: LoopPlan,
  filter: Evaluator | undefined,
  body: Expr,
): Evaluator {
  const value = planning.plan(body);
  const { first } = loop;
  return mapLoop(
    loop,
    filter,
    (frame) => {
      frame.spend(1);
      const made = value(frame);
      return made instanceof Trouble ? made : [[asValue(frame.slots[first]), made]];
    },
    () => new MapGatherer(),
  );
}

/** `transformMapEntry`: a map of what to add for every key. */
function planEntriesLoop(
  planning: Planning,
  loop: LoopPlan,
  filter: Evaluator | undefined,
  body: Expr,
): Evaluator {
  const entries = planning.plan(body);
  return mapLoop(
    loop,
    filter,
    (frame) => {
      const made = entries(frame);
      return made instanceof Trouble ? made : MapGatherer.entriesOf(made, filter !== undefined, loop.node);
    },
    () => new MapGatherer(),
  );
}

function asValue(outcome: Evaluated | undefined): CelValue {
  return outcome === undefined || outcome instanceof Trouble ? null : outcome;
}

function planAnyLoop(
  planning: Planning,
  expr: Comprehension,
  loop: LoopPlan,
  locals: ReadonlyMap<string, Local>,
): Evaluator {
  const { scopes } = planning;
  const slot = scopes.newSlot();
  const initial = planning.plan(expr.initial);
  return scopes.within(new Map([[expr.accumulator, { slot }]]), () => {
    const [condition, step] = scopes.within(
      locals,
      () => [planning.plan(expr.condition), planning.plan(expr.step)] as const,
    );
    return generalLoop(loop, slot, initial, condition, step, planning.plan(expr.result));
  });
}
