import type { ActionResult, EngineTrace, EngineTraceComponent, SuiteResults } from '../../policy';
import type { Paint } from './color';

/** The traces of what did not pass, as `cerbos compile --verbose` prints them; empty if there are none. */
export function tracesText(results: SuiteResults, paint: Paint): string {
  const blocks = new Map<string, string>();
  for (const { name, tests } of results.suites) {
    for (const action of tests.flatMap(({ actions }) => actions)) {
      const { trace = [] } = action;
      if (!isTold(action) || trace.length === 0) {
        continue;
      }
      const who = `${paint.name(action.principal)}.${paint.file(action.resource)}.${paint.action(action.action)}`;
      const entries = trace.map((each) => entryText(each, paint));
      blocks.set(`${paint.file(name)} - ${who}`, entries.join('\n'));
    }
  }
  if (blocks.size === 0) {
    return '';
  }
  const told = [...blocks].map(([title, entries]) => `${title}\n${entries}\n`);
  return `\n${paint.heading('TRACES')}\n${told.join('')}`;
}

function isTold({ result }: ActionResult): boolean {
  return result === 'failed' || result === 'errored';
}

function entryText({ components, event }: EngineTrace, paint: Paint): string {
  const { status, effect, error, message, result } = event;
  const lines = [`  ${components.map((each) => componentText(each, paint)).join(' > ')}`];
  if (status !== undefined) {
    lines.push(`    ${status === 'STATUS_ACTIVATED' ? paint.good('activated') : 'skipped'}`);
  }
  if (effect === 'EFFECT_ALLOW') {
    lines.push(`    effect → ${paint.good('allow')}`);
  }
  if (effect === 'EFFECT_DENY') {
    lines.push(`    effect → ${paint.bad('deny')}`);
  }
  if (result !== undefined) {
    lines.push(`    result → ${JSON.stringify(result)}`);
  }
  const said = [message, error === undefined ? undefined : paint.bad(error)].filter(
    (each) => each !== undefined,
  );
  if (said.length > 0) {
    lines.push(`    ${said.join(': ')}`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

function componentText(component: EngineTraceComponent, paint: Paint): string {
  switch (component.kind) {
    case 'KIND_ACTION':
      return `${paint.file('action=')}${component.action}`;
    case 'KIND_CONDITION_ALL':
      return paint.file('conditionAll');
    case 'KIND_CONDITION_ANY':
      return paint.file('conditionAny');
    case 'KIND_CONDITION_NONE':
      return paint.file('conditionNone');
    case 'KIND_CONDITION':
      return `${paint.file('condition')}${component.index === undefined ? '' : `#${component.index}`}`;
    case 'KIND_DERIVED_ROLE':
      return `${paint.file('derivedRole=')}${component.derivedRole}`;
    case 'KIND_EXPR':
      return `${paint.file('expr=')}\`${component.expr}\``;
    case 'KIND_OUTPUT':
      return `${paint.file('output')}=${component.output}`;
    case 'KIND_POLICY':
      return `${paint.file('policy=')}${component.policy}`;
    case 'KIND_RULE':
      return `${paint.file('rule=')}${component.rule}`;
    case 'KIND_SCOPE':
      return `${paint.file('scope=')}${component.scope === '' ? '""' : component.scope}`;
    case 'KIND_VARIABLE':
      return `${paint.file(`${component.variable.name}=`)}\`${component.variable.expr}\``;
    case 'KIND_VARIABLES':
      return paint.file('variables');
  }
}

/** Traces as `cerbos.engine.v1.TraceBatch`, in which each component is written once. */
export function traceBatch(traces: readonly EngineTrace[]): unknown {
  const indices = new Map<string, number>();
  const definitions: EngineTraceComponent[] = [];
  const entries = traces.map(({ components, event }) => ({
    componentIndices: components.map((component) => {
      const key = JSON.stringify(component);
      const known = indices.get(key) ?? definitions.push(component) - 1;
      indices.set(key, known);
      return known;
    }),
    event,
  }));
  return { definitions, entries };
}
