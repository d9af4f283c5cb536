import { PlanningError } from './problem';
import type { CallTerm, LoopTerm, Term } from './term';

/** The macro that a loop stands for, as far as the binary makes that out. */
export interface Lambda {
  readonly operator: string;
  readonly range: Term;
  readonly variable: string;
  readonly variable2: string | undefined;
  readonly body: Term | undefined;
  /** What elements become, where `body` says which ones. */
  readonly result?: Term | undefined;
}

/** @throws PlanningError for loops that the binary does not know, such as those of `cel.bind` */
export function lambdaOf(loop: LoopTerm): Lambda {
  const { step, range, variable, variable2 } = loop;
  if (step.kind === 'identifier') return sorting(loop);
  if (step.kind !== 'call') throw new PlanningError('expected a call as the step of a loop');
  const base = { range, variable, variable2 };
  const [first, second] = step.args;
  switch (step.name) {
    case '_&&_':
      return { ...base, operator: 'all', body: second };
    case '_||_':
      return { ...base, operator: 'exists', body: second };
    case '_+_':
      return {
        ...base,
        operator: hasSecond(loop) ? 'transformList' : 'map',
        body: firstElement(second),
      };
    case '_?_:_':
      return { ...base, body: first, ...filtered(loop, second) };
    case 'cel.@mapInsert':
      return { ...base, ...inserted(step), result: undefined, body: step.args.at(-1) };
    default:
      throw new PlanningError(`unexpected loop-step function: "${step.name}"`);
  }
}

function hasSecond({ variable2 }: LoopTerm): boolean {
  return variable2 !== undefined && variable2 !== '';
}

function filtered({ initial }: LoopTerm, step: Term | undefined): Pick<Lambda, 'operator' | 'result'> {
  switch (initial.kind) {
    case 'list': {
      const element = step?.kind === 'call' ? firstElement(step.args[1]) : undefined;
      return element?.kind === 'call'
        ? { operator: 'transformList', result: element }
        : { operator: 'filter' };
    }
    case 'literal':
      return { operator: 'exists_one' };
    case 'map':
    case 'struct':
      return inserted(step);
    default:
      throw new PlanningError('expected a constant or a list as the beginning of a loop');
  }
}

function inserted(step: Term | undefined): Pick<Lambda, 'operator' | 'result'> {
  const args = step?.kind === 'call' ? step.args : [];
  if (args.length === 3) return { operator: 'transformMap', result: args[2] };
  if (args.length === 2) return { operator: 'transformMapEntry', result: args[1] };
  throw new PlanningError(`unexpected args #, got: ${args.length}`);
}

function sorting({ result, initial }: LoopTerm): Lambda {
  const keys = isSorting(result) ? result.args[0] : undefined;
  const body =
    keys?.kind === 'loop' && keys.step.kind === 'call' ? firstElement(keys.step.args[1]) : undefined;
  if (keys?.kind !== 'loop' || !body) throw new PlanningError('expected sortBy comprehension');
  return { operator: 'sortBy', range: initial, variable: keys.variable, variable2: undefined, body };
}

function isSorting(term: Term): term is CallTerm {
  return term.kind === 'call' && term.name === '@sortByAssociatedKeys' && term.args.length === 1;
}

function firstElement(term: Term | undefined): Term | undefined {
  return term?.kind === 'list' ? term.elements[0] : undefined;
}
