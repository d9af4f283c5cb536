import { children, check, validateLiterals, planProgram, boolType, sameType, equal } from '../../../cel';
import type {
  Call,
  Comprehension,
  Expr,
  LiteralValue,
  MacroCall,
  CheckResult,
  Environment,
  CelValue,
} from '../../../cel';
import { constantToExpr } from './constant-to-expr';
import { withParts } from './with-parts';

/** Whoever calls these wants another value each time; an expression with one of them stays as it is. */
const changing = new Set(['now', 'timeSince']);

/** The cost limit of folding one constant. A more expensive one is evaluated when the expression runs. */
const costLimit = 10_000;

/**
 * The tree that Cerbos evaluates instead of the one that was written: branches that constants decide are gone, and with
 * them the errors that they could give and the names that they mention. Constants that decide nothing stay as written,
 * since they come to the same. Follows cel-go's constant folding, and like it gives the tree as it was where the folded
 * one would not pass the checker.
 */
export function foldConstants(expr: Expr, checked: CheckResult, environment: Environment): Expr {
  const folded = fold(expr, checked);
  if (!folded || folded.tree === expr) {
    return expr;
  }
  const written = folded.folder.asWritten(folded.tree);
  return written && isSound(written, environment) ? folded.tree : expr;
}

function fold(
  expr: Expr,
  checked: CheckResult,
): { readonly folder: Folder; readonly tree: Expr } | undefined {
  const calls = [...descendants(expr)].filter((node) => node.kind === 'call');
  if (calls.some(({ name }) => changing.has(name))) {
    return undefined;
  }
  const folder = new Folder(checked);
  return { folder, tree: folder.finish(folder.fold(expr, false)) };
}

function isSound(tree: Expr, environment: Environment): boolean {
  const again = check({ source: '', expr: tree, issues: [] }, environment);
  return again.issues.length === 0 && validateLiterals(tree, again).length === 0;
}

class Folder {
  readonly #checked: CheckResult;
  /** The known values of nodes. A node with one counts as a literal, whatever its kind. */
  readonly #values = new Map<Expr, CelValue>();
  readonly #replaced = new Map<Expr, Expr>();

  constructor(checked: CheckResult) {
    this.#checked = checked;
  }

  /** Folds from the leaves up. */
  fold(expr: Expr, inLoop: boolean): Expr {
    const within = inLoop || expr.kind === 'comprehension';
    return this.#note(
      expr,
      this.#folded(
        this.#rebuild(expr, (part) => this.fold(part, within)),
        inLoop,
      ),
    );
  }

  /** The loops that are left may still come to a value without what they name. */
  finish(expr: Expr): Expr {
    if (this.#values.has(expr)) {
      return expr;
    }
    const rebuilt = this.#rebuild(expr, (part) => this.finish(part));
    const value = rebuilt.kind === 'comprehension' ? this.#evaluate(rebuilt) : undefined;
    if (value === undefined) {
      return this.#note(expr, rebuilt);
    }
    const literal = literalOf(value, rebuilt);
    this.#values.set(literal, value);
    return this.#note(expr, literal);
  }

  /** The tree with every known value written out; undefined if one of them cannot be written. */
  asWritten(expr: Expr): Expr | undefined {
    const lost: Expr[] = [];
    const write = (node: Expr): Expr => {
      const value = this.#values.get(node);
      const written = value === undefined ? withParts(node, write) : constantToExpr(value, node);
      if (!written) {
        lost.push(node);
      }
      return written ?? node;
    };
    const written = write(expr);
    return lost.length === 0 ? written : undefined;
  }

  #note(expr: Expr, made: Expr): Expr {
    if (made !== expr) {
      this.#replaced.set(expr, made);
    }
    return made;
  }

  /** A node with other parts. A macro's call then names these, too, since loops are planned by it. */
  #rebuild(expr: Expr, change: (part: Expr) => Expr): Expr {
    const made = withParts(expr, change);
    return made === expr || !made.macro ? made : { ...made, macro: this.#called(made.macro) };
  }

  #called({ target, args, ...macro }: MacroCall): MacroCall {
    const latest = (node: Expr): Expr => {
      const next = this.#replaced.get(node);
      return next ? latest(next) : withParts(node, latest);
    };
    return { ...macro, target: target && latest(target), args: args.map(latest) };
  }

  #folded(expr: Expr, inLoop: boolean): Expr {
    switch (expr.kind) {
      case 'call':
        return this.#foldCall(expr);
      case 'select':
        return this.#isConstant(expr.operand) ? this.#settle(expr) : expr;
      case 'comprehension':
        return !inLoop && this.#namesOnlyItsOwn(expr) ? this.#settle(expr) : expr;
      default:
        return expr;
    }
  }

  #settle(expr: Expr): Expr {
    const value = this.#evaluate(expr);
    if (value !== undefined) {
      this.#values.set(expr, value);
    }
    return expr;
  }

  #evaluate(expr: Expr): CelValue | undefined {
    const result = planProgram(expr, this.#checked).evaluate({}, { costLimit });
    return result.kind === 'value' ? result.value : undefined;
  }

  #foldCall(expr: Call): Expr {
    switch (expr.name) {
      case '_&&_':
      case '_||_':
        return this.#foldLogical(expr) ?? this.#foldStrict(expr);
      case '_?_:_':
        return this.#foldConditional(expr) ?? this.#foldStrict(expr);
      case '@in':
        return this.#foldMembership(expr) ?? this.#foldStrict(expr);
      default:
        return this.#foldStrict(expr);
    }
  }

  #foldStrict(expr: Call): Expr {
    return this.#parts(expr).every((part) => this.#isConstant(part)) ? this.#settle(expr) : expr;
  }

  /** A term that decides stands for the whole, and one that does not decide is dropped. */
  #foldLogical(expr: Call): Expr | undefined {
    const decides = expr.name === '_||_';
    const open: Expr[] = [];
    for (const arg of expr.args) {
      const value = this.#literal(arg);
      if (value === decides) {
        return arg;
      }
      if (value === undefined) {
        open.push(arg);
      }
    }
    if (open.length === expr.args.length) {
      return undefined;
    }
    const [left = expr.args[0]] = open;
    const type = left && this.#checked.typeOf(left);
    return type && sameType(type, boolType) ? left : undefined;
  }

  #foldConditional(expr: Call): Expr | undefined {
    const [condition, yes, no] = expr.args;
    const value = condition && this.#literal(condition);
    if (value === undefined || !yes || !no) {
      return undefined;
    }
    if (typeof value !== 'boolean' && !(this.#isConstant(yes) && this.#isConstant(no))) {
      return undefined;
    }
    if (value !== true) {
      return no;
    }
    // The expansion of a macro is not taken apart: it can be written only as a whole.
    return expr.macro ? this.#standFor(expr, yes) : yes;
  }

  #standFor(expr: Expr, part: Expr): Expr {
    const value = this.#values.get(part);
    if (value !== undefined) {
      this.#values.set(expr, value);
    }
    return expr;
  }

  /**
   * Nothing is in an empty list, and a literal is in a list that has it, whatever else is there. Cerbos keeps asking for
   * what is left of a loop in an empty list.
   */
  #foldMembership(expr: Call): Expr | undefined {
    const [needle, list] = expr.args;
    if (!needle || list?.kind !== 'list' || this.#values.has(list)) {
      return undefined;
    }
    if (list.elements.length === 0) {
      return this.#hasLoop(needle) ? undefined : literalOf(false, expr);
    }
    const sought = this.#literal(needle);
    const found = list.elements.some((element) => {
      const value = sought === undefined ? undefined : this.#literal(element);
      return sought !== undefined && value !== undefined && equal(value, sought);
    });
    return found ? literalOf(true, expr) : undefined;
  }

  /** True if a loop is left in a part of the tree that was not folded. */
  #hasLoop(expr: Expr): boolean {
    const parts = (node: Expr): readonly Expr[] => (this.#values.has(node) ? [] : this.#parts(node));
    return [...descendants(expr, parts)].some(
      (node) => node.kind === 'comprehension' && !this.#values.has(node),
    );
  }

  /** True if a loop uses no names but those that it, and the loops within it, bind. */
  #namesOnlyItsOwn(loop: Comprehension): boolean {
    const nodes = [...descendants(loop, (node) => this.#parts(node))];
    const own = new Set<string | undefined>();
    for (const node of nodes) {
      if (node.kind === 'comprehension') {
        own.add(node.accumulator).add(node.iterVar).add(node.iterVar2);
      }
    }
    return nodes.every((node) => node.kind !== 'identifier' || own.has(node.name));
  }

  /** The parts of a node that have a value; the `math` of `math.abs(1)` has none. */
  #parts(expr: Expr): readonly Expr[] {
    return expr.kind === 'call' && this.#checked.callOf(expr)?.namespaced === true
      ? expr.args
      : children(expr);
  }

  #literal(expr: Expr): CelValue | undefined {
    return expr.kind === 'literal' ? expr.value : this.#values.get(expr);
  }

  #isConstant(expr: Expr): boolean {
    if (this.#literal(expr) !== undefined) {
      return true;
    }
    const aggregate = expr.kind === 'list' || expr.kind === 'map' || expr.kind === 'struct';
    return aggregate && children(expr).every((part) => this.#isConstant(part));
  }
}

/** A literal of any value, which the planner takes as it is, though only some can be written. */
function literalOf(value: CelValue, { id, range, position }: Expr): Expr {
  return { kind: 'literal', id, range, position, macro: undefined, value: value as LiteralValue };
}

function* descendants(expr: Expr, parts: (node: Expr) => readonly Expr[] = children): Generator<Expr> {
  const pending: Expr[] = [expr];
  for (let node = pending.pop(); node; node = pending.pop()) {
    yield node;
    pending.push(...parts(node));
  }
}
