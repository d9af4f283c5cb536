import { locate, originOf } from '../../issues';
import type { Origin, Severity } from '../../issues';
import type { Condition, Match, Output } from '../../model/policy';
import type { Located } from '../../model/schema';
import type { Expression } from '../../parse/parsed';
import { Usage } from './policy-symbols';
import type { PolicySymbols } from './policy-symbols';
import type { Module } from '../modules';
import type { Reporter } from '../reporter';
import type { CompiledCondition, CompiledExpression, CompiledOutput } from '../table/rows';

/** Compiles the conditions and outputs of one policy (or one derived role), and gathers what they read. */
export class PartCompiler {
  readonly usage = new Usage();
  readonly #module: Module;
  readonly #definitions: PolicySymbols;
  readonly #reporter: Reporter;
  readonly #severity: Severity;
  readonly #origin: Origin;

  constructor(module: Module, definitions: PolicySymbols, reporter: Reporter, severity: Severity) {
    this.#module = module;
    this.#definitions = definitions;
    this.#reporter = reporter;
    this.#severity = severity;
    this.#origin = originOf(module.file);
  }

  /** A rule's condition and output, each present only if the rule has one. */
  rule(written: { readonly condition?: Located<Condition>; readonly output?: Located<Output> }): {
    readonly condition?: CompiledCondition;
    readonly output?: CompiledOutput;
  } {
    const condition = this.condition(written.condition);
    const output = written.output && this.#output(written.output);
    return { ...(condition && { condition }), ...(output && { output }) };
  }

  condition(located: Located<Condition> | undefined): CompiledCondition | undefined {
    if (!located) {
      return undefined;
    }
    const { match, script } = located.value;
    if (script) {
      this.#reporter.report({
        code: 'unsupported-script',
        message: 'Unsupported feature: scripts in conditions are no longer supported; use match',
        summary: 'scripts in conditions are no longer supported',
        file: this.#module.file,
        span: script.key ?? script.span,
        mark: located.mark,
        path: located.path,
        severity: this.#severity,
      });
    }
    return match && this.#match(match.value);
  }

  #match(match: Match): CompiledCondition | undefined {
    if (match.expr) {
      const expression = this.#expression(match.expr);
      return expression && { kind: 'expr', expression, program: expression.program };
    }
    const kind = match.all ? 'all' : match.any ? 'any' : 'none';
    const list = match[kind]?.value.of?.value;
    return list && { kind, of: list.flatMap(({ value }) => this.#match(value) ?? []) };
  }

  #output(located: Located<Output>): CompiledOutput {
    const { expr, when } = located.value;
    const read = (text: Located<string> | undefined): CompiledExpression | undefined =>
      text && text.value !== '' ? this.#expression(text) : undefined;
    const deprecated = read(expr);
    const ruleActivated = read(when?.value.ruleActivated) ?? deprecated;
    const conditionNotMet = read(when?.value.conditionNotMet);
    const written = [expr, when?.value.ruleActivated, when?.value.conditionNotMet];
    if (!written.some((each) => each && each.value !== '')) {
      this.#reporter.report({
        code: 'empty-output',
        message: 'output must have at least one expression',
        summary: 'empty output',
        file: this.#module.file,
        span: located.key ?? located.span,
        mark: located.mark,
        path: located.path,
        severity: this.#severity,
      });
    }
    return { ...(ruleActivated && { ruleActivated }), ...(conditionNotMet && { conditionNotMet }) };
  }

  #expression(located: Located<string>): CompiledExpression | undefined {
    const { file, document } = this.#module;
    const expression = document.expressions.get(located);
    if (!expression) {
      return undefined;
    }
    this.#reporter.expression(file, expression, located, this.#severity);
    this.#definitions.use(expression, located, this.usage);
    const { program } = expression.compilation;
    if (!program) {
      return undefined;
    }
    return { source: expression.source, program, locate: this.#locator(expression, located) };
  }

  /** Where an expression, or a part of it, stands; apart, so that it keeps nothing in memory but what it needs. */
  #locator(
    { offsets }: Expression,
    { span, mark }: Located<string>,
  ): NonNullable<CompiledExpression['locate']> {
    const origin = this.#origin;
    return (range) =>
      range
        ? locate(origin, { start: offsets.toFile(range.start), end: offsets.toFile(range.end) })
        : locate(origin, span, mark);
  }
}
