import { locate } from '../issues';
import type { PolicyIssue, PolicyIssueCode, RelatedLocation, Severity, Stage } from '../issues';
import type { Located } from '../model/schema';
import type { Expression, ParsedFile } from '../parse/parsed';
import type { Span } from '../yaml/node';

interface Report {
  readonly code: PolicyIssueCode;
  readonly message: string;
  readonly file: ParsedFile;
  /** The stretch to underline. */
  readonly span: Span;
  /** Where `cerbos 0.55` reports it; the start of the span, if left out. */
  readonly mark?: number;
  /** Present exactly if `cerbos 0.55` gives a position. */
  readonly path?: string;
  readonly summary?: string;
  readonly stage?: Stage;
  readonly severity?: Severity;
  readonly related?: readonly RelatedLocation[];
  readonly data?: Readonly<Partial<Record<string, string>>>;
}

/** Issues, each under a text that says which mistake it is, so that nobody's is told twice. */
export type Reports = ReadonlyMap<string, PolicyIssue>;

/** Collects issues, each mistake once. */
export class Reporter {
  readonly #issues = new Map<string, PolicyIssue>();

  get reports(): Reports {
    return this.#issues;
  }

  report(report: Report): void {
    const {
      code,
      message,
      file,
      span,
      mark,
      path,
      summary,
      stage = 'compile',
      severity = 'error',
      related,
      data,
    } = report;
    this.#add({
      code,
      message,
      severity,
      stage,
      ...locate(file, span, mark ?? span.start),
      ...(path !== undefined && { path }),
      ...(summary !== undefined && { summary }),
      ...(related && { related }),
      ...(data && { data }),
    });
  }

  /** Reports all that is wrong with an expression, each mistake at its own text. */
  expression(file: ParsedFile, expression: Expression, located: Located<string>, severity: Severity): void {
    for (const issue of expression.compilation.issues) {
      const { code, message, range } = issue;
      const start = expression.toFile(range.start);
      const end = Math.max(expression.toFile(range.end), start);
      this.#add({
        code: 'invalid-expression',
        message,
        severity,
        stage: 'compile',
        ...locate(file, { start, end }, located.mark),
        path: located.path,
        summary: 'invalid expression',
        celCode: code,
        expression: expression.source,
      });
    }
  }

  #add(issue: PolicyIssue): void {
    const { start, end } = issue.range;
    const key = [
      issue.file,
      issue.code,
      issue.line,
      issue.column,
      start.line,
      start.character,
      end.character,
      issue.message,
    ];
    add(this.#issues, key.join('\u0000'), issue);
  }
}

/** Each mistake once, however many policies ran into it. */
export function mergeReports(all: Iterable<Reports>): PolicyIssue[] {
  const merged = new Map<string, PolicyIssue>();
  for (const reports of all) {
    for (const [key, issue] of reports) {
      add(merged, key, issue);
    }
  }
  return [...merged.values()];
}

/** One mistake is one issue; an error outweighs a warning about the same. */
function add(issues: Map<string, PolicyIssue>, key: string, issue: PolicyIssue): void {
  const known = issues.get(key);
  if (known === undefined || (known.severity !== 'error' && issue.severity === 'error')) {
    issues.set(key, issue);
  }
}
