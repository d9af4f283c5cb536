import { children } from '../ast';
import type { Expr } from '../ast';
import type { CelIssue, Range } from '../issue';

/** The parts of the language that a reader of expressions may do without. */
interface SyntaxSwitches {
  readonly optionalSyntax?: boolean;
  readonly quotedFields?: boolean;
}

/** Finds syntax that is switched off: optional values, and quoted names of fields. */
export function unsupportedSyntax(source: string, root: Expr, switches: SyntaxSwitches): readonly CelIssue[] {
  const issues: CelIssue[] = [];
  const report = (message: string, range: Range, position: number): void => {
    issues.push({ code: 'syntax', message: `unsupported syntax ${message}`, range, position });
  };
  const pending: Expr[] = [root];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (switches.optionalSyntax === false) {
      reportOptional(node, report);
    }
    if (switches.quotedFields === false) {
      for (const name of fieldNames(node)) {
        if (source.charAt(name.start) === '`') {
          report("'`'", name, name.start);
        }
      }
    }
    const { macro } = node;
    pending.push(...(macro ? [...(macro.target ? [macro.target] : []), ...macro.args] : children(node)));
  }
  return issues.sort((a, b) => a.position - b.position);
}

type Report = (message: string, range: Range, position: number) => void;

function reportOptional(node: Expr, report: Report): void {
  const entry = (part: Expr): void => {
    report("'?'", part.range, part.position);
  };
  switch (node.kind) {
    case 'select':
      if (node.optional) {
        report("'.?'", node.fieldRange, node.position);
      }
      return;
    case 'call':
      if (node.name === '_[?_]') {
        report("'[?'", node.range, node.position);
      }
      return;
    case 'list':
      node.elements.filter((_, index) => node.optional.includes(index)).forEach(entry);
      return;
    case 'map':
      node.entries
        .filter(({ optional }) => optional)
        .forEach(({ key }) => {
          entry(key);
        });
      return;
    case 'struct':
      node.fields
        .filter(({ optional }) => optional)
        .forEach((field) => {
          report("'?'", field.nameRange, field.nameRange.start);
        });
      return;
    default:
  }
}

function fieldNames(node: Expr): readonly Range[] {
  if (node.kind === 'select') {
    return [node.fieldRange];
  }
  return node.kind === 'struct' ? node.fields.map(({ nameRange }) => nameRange) : [];
}
