import type { SourceLocation } from '../position';
import type {
  ActionExplanation,
  CheckExplanation,
  ConditionTrace,
  ConsideredRule,
  DerivedRoleExplanation,
  ExpressionTrace,
  RuleOutcome,
  SchemaExplanation,
  TracedResult,
  VariableTrace,
} from './types';

export interface RenderOptions {
  /** The markup: none for a terminal (`text`), or Markdown. */
  readonly format: 'text' | 'markdown';
  /** The only action to explain; all if left out. */
  readonly action?: string;
}

/** A line with the lines that belong to it. */
interface Line {
  readonly text: string;
  readonly below: readonly Line[];
}

/** Renders an explanation as lines, one statement each: the decision, its rule, and the outcome of each rule. */
export function renderExplanation(explanation: CheckExplanation, options: RenderOptions): readonly string[] {
  const writer = new Writer(options.format === 'markdown');
  const actions = explanation.actions.filter(({ action }) => (options.action ?? action) === action);
  const lines = actions.map((each) => writer.action(each));
  if (explanation.schemas.length > 0) {
    lines.push({ text: 'Schemas', below: explanation.schemas.map((each) => writer.schema(each)) });
  }
  if (explanation.derivedRoles.length > 0) {
    lines.push({
      text: 'Derived roles',
      below: explanation.derivedRoles.map((each) => writer.derivedRole(each)),
    });
  }
  return lines.flatMap((line) => print(line, options.format === 'markdown', 0));
}

function print({ text, below }: Line, markdown: boolean, depth: number): readonly string[] {
  const bullet = markdown ? '- ' : '';
  return [
    `${'  '.repeat(depth)}${bullet}${text}`,
    ...below.flatMap((each) => print(each, markdown, depth + 1)),
  ];
}

const marks: Readonly<Record<RuleOutcome, readonly [mark: string, words: string]>> = {
  decided: ['✓', 'applies, and decides'],
  activated: ['✓', 'applies'],
  overridden: ['✓', 'applies, but is overridden'],
  'needs-consent': ['✓', 'applies, but no parent scope agrees'],
  'condition-not-met': ['✗', 'its condition does not hold'],
  'derived-role-not-effective': ['✗', 'its derived role is not in effect'],
  error: ['!', 'cannot be evaluated, which denies'],
  'not-reached': ['·', 'not reached'],
};

/** The longest text of a value that is shown in full. */
const longest = 120;

class Writer {
  readonly #markdown: boolean;

  constructor(markdown: boolean) {
    this.#markdown = markdown;
  }

  action({ action, decision, rejectedBy, rules }: ActionExplanation): Line {
    if (rejectedBy) {
      return this.#rejection(action, rejectedBy);
    }
    const verb = decision.effect === 'EFFECT_ALLOW' ? 'allowed' : 'denied';
    const by = decision.rule
      ? ` by ${this.#rule(decision.rule.fqn, decision.rule.location)}`
      : ': no rule applies';
    return {
      text: `${this.#code(action)}: ${verb}${by}${decision.error === undefined ? '' : ` (${this.#error(decision.error)})`}`,
      below:
        rules.length > 0
          ? rules.map((rule) => this.#considered(rule))
          : [leaf('No rule speaks of this action.')],
    };
  }

  schema(schema: SchemaExplanation): Line {
    const { errors, file, ignoreWhen, location, lookedAtFor, outcome, ref, whose } = schema;
    const [mark, words] = {
      valid: ['✓', 'the attributes are as it wants them'],
      reported: ['!', 'the attributes are not as it wants them, which is only reported'],
      rejected: ['✗', 'the attributes are not as it wants them, which denies all actions'],
      ignored: ['·', 'not looked at'],
    }[outcome] as [string, string];
    const named = ignoreWhen.map((each) => this.#code(each)).join(', ');
    const others = lookedAtFor.map((each) => this.#code(each)).join(', ');
    const ignoring =
      outcome === 'ignored'
        ? `ignoreWhen names all actions of the request: ${named}`
        : `ignoreWhen names ${named}, but the request is also about ${others}`;
    const where = [...(file === undefined ? [] : [this.#code(file)]), this.#code(place(location))].join(', ');
    return {
      text: `${mark} ${whose}: ${this.#code(ref)} (${where}): ${words}`,
      below: [
        ...(ignoreWhen.length === 0 ? [] : [leaf(ignoring)]),
        ...errors.map(({ path, message }) => leaf(`${this.#code(path)}: ${this.#code(shorten(message))}`)),
      ],
    };
  }

  derivedRole(role: DerivedRoleExplanation): Line {
    const { name, location, scope, parentRoles, outcome, condition, variables } = role;
    const [mark, words] = {
      effective: ['✓', 'in effect'],
      'condition-not-met': ['✗', 'its condition does not hold'],
      'no-parent-role': [
        '✗',
        `the principal has none of its parent roles (${parentRoles.map((each) => this.#code(each)).join(', ')})`,
      ],
      error: ['!', 'cannot be evaluated'],
    }[outcome] as [string, string];
    const where = `${this.#code(place(location))}${scope === '' ? '' : `, used at scope ${this.#code(scope)}`}`;
    return {
      text: `${mark} ${this.#code(name)} (${where}): ${words}`,
      below: condition && outcome !== 'no-parent-role' ? this.#conditionWith(condition, variables) : [],
    };
  }

  #rejection(action: string, rejectedBy: NonNullable<ActionExplanation['rejectedBy']>): Line {
    const by = rejectedBy.map(({ ref, location }) => `${this.#code(ref)} (${this.#code(place(location))})`);
    return {
      text: `${this.#code(action)}: denied by ${by.length > 1 ? 'schemas' : 'the schema'} ${by.join(' and ')}`,
      below: [leaf('No rule was looked at: a schema denies the request as a whole.')],
    };
  }

  #considered(rule: ConsideredRule): Line {
    const { effect, scope, role, outcome, rememberedFrom } = rule;
    const [mark, words] = marks[outcome];
    const says = effect === undefined ? 'output' : effect === 'EFFECT_ALLOW' ? 'allow' : 'deny';
    const through =
      rule.rule.derivedRole === undefined ? '' : ` through ${this.#code(rule.rule.derivedRole)}`;
    const at = scope === '' ? '' : `, scope ${this.#code(scope)}`;
    const who = rule.policyKind === 'principal' ? '' : `, role ${this.#code(role)}`;
    const before =
      rememberedFrom === undefined || rememberedFrom === rule.rule.fqn
        ? ''
        : ` (shares the outcome of ${this.#code(rememberedFrom)})`;
    return {
      text: `${mark} ${says} ${this.#rule(rule.rule.fqn, rule.rule.location)}${through}${who}${at}: ${words}${before}`,
      below: outcome === 'not-reached' ? [] : this.#details(rule),
    };
  }

  #details(rule: ConsideredRule): readonly Line[] {
    const { condition, derivedRoleCondition, outcome, outputs, variables } = rule;
    const through = outcome === 'derived-role-not-effective' && derivedRoleCondition;
    return [
      ...(through ? this.#conditionWith(through, []) : []),
      ...(condition && !through ? this.#conditionWith(condition, variables) : []),
      ...outputs.map(({ val, error }) =>
        leaf(
          `output: ${error === undefined ? this.#code(shorten(JSON.stringify(val))) : this.#error(error)}`,
        ),
      ),
    ];
  }

  /** A condition, and under it the variables that its expressions mention. */
  #conditionWith(condition: ConditionTrace, variables: readonly VariableTrace[]): readonly Line[] {
    const lines = [this.#condition(condition)];
    const mentioned = new Set<string>();
    const mention = (text: string): void => {
      for (const variable of variables) {
        if (mentioned.has(variable.name) || !mentions(text, variable.name)) {
          continue;
        }
        mentioned.add(variable.name);
        mention(variable.expression.source);
      }
    };
    for (const source of sourcesOf(condition)) {
      mention(source);
    }
    for (const { name, expression } of variables) {
      if (mentioned.has(name)) {
        lines.push(this.#expression(expression, `variable ${this.#code(name)} = `));
      }
    }
    return lines;
  }

  #condition(condition: ConditionTrace): Line {
    if (condition.kind === 'expr') {
      return this.#expression(condition.expression, '');
    }
    const { kind, held, of } = condition;
    const came = held === undefined ? 'not known' : String(held);
    return { text: `${kind} of ${of.length}: ${came}`, below: of.map((each) => this.#condition(each)) };
  }

  #expression({ source, result, parts }: ExpressionTrace, before: string): Line {
    const seen = new Set<string>();
    const below = parts.flatMap((part) => {
      const text = `${this.#code(oneLine(part.text))} → ${this.#result(part.result)}`;
      if (seen.has(text)) {
        return [];
      }
      seen.add(text);
      return [leaf(text)];
    });
    return { text: `${before}${this.#code(oneLine(source))} → ${this.#result(result)}`, below };
  }

  #result(result: TracedResult): string {
    switch (result.kind) {
      case 'value':
        return this.#code(shorten(result.text));
      case 'error':
        return this.#error(result.message);
      case 'unknown':
        return 'unknown';
      case 'not-reached':
        return 'not reached';
    }
  }

  #error(message: string): string {
    return `error: ${this.#code(shorten(message))}`;
  }

  #rule(fqn: string, location: SourceLocation): string {
    return `${this.#code(fqn)} (${this.#code(place(location))})`;
  }

  #code(text: string): string {
    if (!this.#markdown) {
      return text;
    }
    // As many back quotes around as the text does not contain in a row.
    const longestRun = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
    const fence = '`'.repeat(longestRun + 1);
    const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
    return `${fence}${pad}${text}${pad}${fence}`;
  }
}

function leaf(text: string): Line {
  return { text, below: [] };
}

function place({ file, line }: SourceLocation): string {
  return `${file}:${line}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function shorten(text: string | undefined): string {
  const line = oneLine(text ?? '');
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

function sourcesOf(condition: ConditionTrace): readonly string[] {
  return condition.kind === 'expr' ? [condition.expression.source] : condition.of.flatMap(sourcesOf);
}

function mentions(source: string, variable: string): boolean {
  // Names are identifiers, so that they need no escaping.
  return new RegExp(`\\b(V|variables)\\s*\\.\\s*${variable}\\b`).test(source);
}
