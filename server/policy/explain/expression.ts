import { CelRecord, formatValue, toJson } from '../../cel';
import type { Expr, Explanation, TraceEntry } from '../../cel';
import type { CompiledExpression } from '../compile/table/rows';
import type { ExpressionTrace, TracedPart, TracedResult } from './types';

export function traceExpression(
  { source, locate }: CompiledExpression,
  explanation: Explanation | undefined,
): ExpressionTrace {
  const { result, trace = [] } = explanation ?? {};
  return {
    source,
    ...(locate && { location: locate() }),
    result: result ? tracedResult(result) : { kind: 'not-reached' },
    parts: partsOf(source, trace),
  };
}

function tracedResult(result: TraceEntry['result'] | Explanation['result']): TracedResult {
  switch (result.kind) {
    case 'error':
      return { kind: 'error', message: result.message, range: result.range };
    case 'unknown':
      return { kind: 'unknown' };
    case 'value': {
      const value = toJson(result.value);
      return { kind: 'value', text: formatValue(result.value), ...(value !== undefined && { value }) };
    }
  }
}

/** The parts worth showing: not literals, not what a longer path passes through, and not the whole. */
function partsOf(source: string, trace: readonly TraceEntry[]): readonly TracedPart[] {
  const whole = trace.at(-1);
  const passed = new Set<Expr>();
  for (const { node, result } of trace) {
    if (result.kind === 'error') {
      continue;
    }
    if (node.kind === 'select') {
      passed.add(node.operand);
    }
    const [target] = node.kind === 'call' && (node.name === '_[_]' || node.name === '_[?_]') ? node.args : [];
    if (target) {
      passed.add(target);
    }
  }
  return trace.flatMap((entry): readonly TracedPart[] => {
    const { node, range, result } = entry;
    const isRecord = result.kind === 'value' && result.value instanceof CelRecord;
    if (entry === whole || node.kind === 'literal' || isRecord || passed.has(node)) {
      return [];
    }
    return [{ range, text: source.slice(range.start, range.end), result: tracedResult(result) }];
  });
}
