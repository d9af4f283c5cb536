import { locate } from '../issues';
import type { PolicyIssue, PolicyIssueCode, RelatedLocation, Severity, Stage } from '../issues';
import type { Located } from '../model/schema';
import type { Expression, ParsedFile } from '../parsed';
import type { Span } from '../yaml/node';

export interface Report {
  readonly code: PolicyIssueCode;
  readonly message: string;
  readonly file: ParsedFile;
  /** What to underline. */
  readonly span: Span;
  /** Where the binary reports it; the start of the span, if left out. */
  readonly mark?: number;
  /** Present exactly if the binary gives a position. */
  readonly path?: string;
  readonly summary?: string;
  readonly stage?: Stage;
  readonly severity?: Severity;
  readonly related?: readonly RelatedLocation[];
  readonly data?: Readonly<Partial<Record<string, string>>>;
}

/** Collects issues, each mistake once, however many policies run into it. */
export class Reporter {
  readonly #issues = new Map<string, PolicyIssue>();

  get issues(): readonly PolicyIssue[] {
    return [...this.#issues.values()];
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

  /** One mistake is one issue; an error outweighs a warning about the same. */
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
    const id = key.join('\u0000');
    const known = this.#issues.get(id);
    if (known === undefined || (known.severity !== 'error' && issue.severity === 'error'))
      this.#issues.set(id, issue);
  }
}
