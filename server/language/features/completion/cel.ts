import { check, parse } from '../../../cel';
import type { CelType, Expr, MacroDescription } from '../../../cel';
import type { CelAt } from '../../cel/cel-at';
import { environment } from '../../cel/environment';
import { KnownMembers } from '../../cel/known';
import type { Known } from '../../cel/known';
import {
  describeAttribute,
  describeMacro,
  describeOverloads,
  globalFunctions,
  macroReceiver,
  methodMacrosOf,
  methodsOf,
  shownType,
} from '../../cel/members';
import { loopsAround, walk } from '../../cel/tree';
import type { Facts } from '../../workspace/facts';
import type { SymbolTable } from '../../workspace/symbol-table';
import { CompletionItemKind } from './item';
import type { Proposal } from './item';

/**
 * The proposals at an offset of an expression, and the part of its text, `start` to `end`, that they replace.
 */
interface CelCompletion {
  readonly start: number;
  readonly end: number;
  readonly proposals: readonly Proposal[];
}

const none: CelCompletion = { start: 0, end: 0, proposals: [] };

/** Completion in an expression: names, members of what is before the dot, attributes as keys in brackets. */
export function completeCel(
  { source, offset }: Pick<CelAt, 'source' | 'offset'>,
  facts: Facts,
  scope?: SymbolTable,
): CelCompletion {
  const word = /[A-Za-z_]\w*$/.exec(source.slice(0, offset))?.[0] ?? '';
  const start = offset - word.length;
  const end = offset + (/^\w*/.exec(source.slice(offset))?.[0].length ?? 0);
  const before = source.slice(0, start);
  const text = openText(source, offset);
  if (text === 'comment') {
    return none;
  }
  if (text !== undefined) {
    return keysInBrackets(source, text, offset, facts, scope);
  }
  if (/\d$/.test(before)) {
    return none;
  }
  const dot = /\.\??\s*$/.exec(before);
  const context = { start, end };
  if (dot === null) {
    return { ...context, proposals: globals(source, offset) };
  }
  // With a name in its place the text can be parsed, however it goes on.
  const patched = `${before}${placeholder}${source.slice(end)}`;
  const called = /^\s*\(/.test(source.slice(end));
  const receiver =
    findReceiver(patched, start) ??
    findReceiver(`${before.slice(receiverStart(before, dot.index))}${placeholder}`, undefined);
  if (receiver === undefined) {
    return { ...context, proposals: [] };
  }
  return { ...context, proposals: members(receiver, facts, scope, called, dot[0].includes('?')) };
}

const placeholder = 'x_';

interface Receiver {
  readonly root: Expr;
  readonly node: Expr;
  readonly type: CelType;
}

/** The expression before the dot before the placeholder. */
function findReceiver(source: string, nameStart: number | undefined): Receiver | undefined {
  const at = nameStart ?? source.length - placeholder.length;
  const parsed = parse(source);
  for (const node of walk(parsed.expr)) {
    const receiver =
      node.kind === 'select' && node.fieldRange.start === at
        ? node.operand
        : node.kind === 'call' && node.nameRange.start === at
          ? node.target
          : undefined;
    if (receiver === undefined) {
      continue;
    }
    const checked = check(parsed, environment());
    return { root: parsed.expr, node: receiver, type: checked.typeOf(receiver) ?? { kind: 'dyn' } };
  }
  return undefined;
}

/** Where the operand of a dot begins, found backwards over names, calls and indexes. */
function receiverStart(source: string, dot: number): number {
  let at = dot;
  let depth = 0;
  while (at > 0) {
    const char = source[at - 1] ?? '';
    if (char === ')' || char === ']') {
      depth++;
    } else if (char === '(' || char === '[') {
      if (depth === 0) {
        break;
      }
      depth--;
    } else if (depth === 0 && !/[\w.?"']/.test(char)) {
      break;
    }
    at--;
  }
  return at;
}

function members(
  { root, node, type }: Receiver,
  facts: Facts,
  scope: SymbolTable | undefined,
  called: boolean,
  optional: boolean,
): readonly Proposal[] {
  const env = environment();
  const knowledge = new KnownMembers(root, facts, scope);
  const known = knowledge.of(node);
  const proposals: Proposal[] = known === undefined ? [] : knownProposals(known, facts, scope);
  if (node.kind === 'identifier' && type.kind !== 'named') {
    proposals.push(...namespaced(`${node.name}.`));
  }
  if (type.kind === 'named') {
    for (const field of env.fieldsOf(type.name) ?? []) {
      proposals.push({
        label: field.name,
        kind: CompletionItemKind.Field,
        detail: shownType(field.type),
        documentation: field.documentation,
        rank: 2,
      });
    }
  }
  // What has names of its own has no methods worth mentioning; behind `.?` there are none.
  if (optional || (proposals.length > 0 && known?.kind !== 'attribute')) {
    return unique(proposals);
  }
  const attribute = known?.kind === 'attribute' ? known.attribute : undefined;
  for (const { name, overloads } of methodsOf(env, type, attribute)) {
    const takesNothing = overloads.every(({ parameters }) => parameters.length === 1);
    proposals.push(
      callable(name, CompletionItemKind.Method, called, takesNothing, {
        detail: overloads[0]?.signature,
        documentation: describeOverloads(overloads),
        rank: 6,
      }),
    );
  }
  for (const macro of methodMacrosOf(env, type, attribute)) {
    proposals.push(macroProposal(macro, called, 6));
  }
  return unique(proposals);
}

/** A macro has one description for each number of its arguments. */
function unique(proposals: readonly Proposal[]): readonly Proposal[] {
  const byLabel = new Map<string, Proposal>();
  for (const proposal of proposals) {
    if (!byLabel.has(proposal.label)) {
      byLabel.set(proposal.label, proposal);
    }
  }
  return [...byLabel.values()];
}

function knownProposals(known: Known, facts: Facts, scope: SymbolTable | undefined): Proposal[] {
  switch (known.kind) {
    case 'attribute':
      return [...known.attribute.members]
        .filter(([name]) => /^[A-Za-z_]\w*$/.test(name))
        .map(([name, attribute]) => ({
          label: name,
          kind: CompletionItemKind.Property,
          detail: attribute.describedType,
          documentation: describeAttribute(attribute),
          rank: 1,
        }));
    case 'variables':
      return (scope?.variables ?? []).map(({ name, value, from }) => ({
        label: name,
        kind: CompletionItemKind.Variable,
        detail: from === undefined ? 'variable' : `variable of ${from}`,
        documentation: `\`\`\`cel\n${value}\n\`\`\``,
        rank: 1,
      }));
    case 'constants':
      return (scope?.constants ?? []).map(({ name, value, from }) => ({
        label: name,
        kind: CompletionItemKind.Constant,
        detail: from === undefined ? 'constant' : `constant of ${from}`,
        documentation: `\`\`\`json\n${JSON.stringify(value)}\n\`\`\``,
        rank: 1,
      }));
    case 'globals':
      return [...facts.globals.members].map(([name, attribute]) => ({
        label: name,
        kind: CompletionItemKind.Constant,
        detail: attribute.describedType,
        documentation: describeAttribute(attribute),
        rank: 1,
      }));
    case 'runtime':
      return [
        {
          label: 'effectiveDerivedRoles',
          kind: CompletionItemKind.Field,
          detail: 'list(string)',
          documentation: 'The derived roles that the principal has in this request, sorted.',
          rank: 1,
        },
      ];
  }
}

function globals(source: string, offset: number): readonly Proposal[] {
  const env = environment();
  const proposals: Proposal[] = [];
  for (const { iterVar, iterVar2 } of loopsAround(parse(withName(source, offset)).expr, offset)) {
    for (const name of [iterVar, iterVar2]) {
      if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) {
        continue;
      }
      proposals.push({ label: name, kind: CompletionItemKind.Variable, detail: 'loop variable', rank: 0 });
    }
  }
  for (const { name, type, documentation } of env.variables.values()) {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      continue;
    }
    proposals.push({
      label: name,
      kind: CompletionItemKind.Variable,
      detail: shownType(type),
      documentation,
      rank: 1,
    });
  }
  for (const { name, overloads } of globalFunctions(env)) {
    const own = overloads.filter(({ method }) => !method);
    const [namespace] = name.split('.');
    if (namespace !== undefined && namespace !== name) {
      proposals.push({ label: namespace, kind: CompletionItemKind.Module, rank: 7 });
    } else {
      const takesNothing = own.every(({ parameters }) => parameters.length === 0);
      proposals.push(
        callable(name, CompletionItemKind.Function, false, takesNothing, {
          detail: own[0]?.signature,
          documentation: describeOverloads(own),
          rank: 6,
        }),
      );
    }
  }
  for (const macro of env.macros) {
    const receiver = macroReceiver(macro);
    if (receiver === undefined) {
      proposals.push(macroProposal(macro, false, 6));
    } else if (isNamespace(receiver)) {
      proposals.push({ label: receiver, kind: CompletionItemKind.Module, rank: 7 });
    }
  }
  for (const keyword of ['true', 'false', 'null', 'in']) {
    proposals.push({ label: keyword, kind: CompletionItemKind.Keyword, rank: 8 });
  }
  return unique(proposals);
}

/** Functions and macros of a namespace such as `math.`. */
function namespaced(prefix: string): readonly Proposal[] {
  const env = environment();
  const proposals: Proposal[] = [];
  for (const { name, overloads } of globalFunctions(env)) {
    if (!name.startsWith(prefix)) {
      continue;
    }
    proposals.push(
      callable(name.slice(prefix.length), CompletionItemKind.Function, false, false, {
        detail: overloads[0]?.signature,
        documentation: describeOverloads(overloads),
        rank: 2,
      }),
    );
  }
  for (const macro of env.macros) {
    if (`${macroReceiver(macro) ?? ''}.` === prefix) {
      proposals.push(macroProposal(macro, false, 2));
    }
  }
  return proposals;
}

function macroProposal(macro: MacroDescription, called: boolean, rank: number): Proposal {
  const documentation = describeMacro(macro);
  return callable(macro.name, CompletionItemKind.Method, called, false, {
    detail: macro.signature,
    documentation,
    rank,
  });
}

/** True for a receiver that is a namespace, which is inserted as it is; a type is a placeholder. */
function isNamespace(receiver: string): boolean {
  return receiver === 'cel' || receiver === 'math';
}

/** A function or method; its brackets come along unless they are already there. */
function callable(
  name: string,
  kind: CompletionItemKind,
  called: boolean,
  takesNothing: boolean,
  rest: Pick<Proposal, 'detail' | 'documentation' | 'rank'>,
): Proposal {
  if (called) {
    return { label: name, kind, ...rest };
  }
  return takesNothing
    ? { label: name, kind, insert: `${name}()`, ...rest }
    : { label: name, kind, insert: `${name}(`, snippet: `${name}($1)$0`, ...rest };
}

/** Keys of maps as texts in brackets: `R.attr["…"]`. */
function keysInBrackets(
  source: string,
  quoteAt: number,
  offset: number,
  facts: Facts,
  scope: SymbolTable | undefined,
): CelCompletion {
  const before = source.slice(0, quoteAt);
  const bracket = /\[\??\s*$/.exec(before);
  if (bracket === null) {
    return none;
  }
  const receiverSource = before.slice(receiverStart(before, bracket.index), bracket.index);
  const parsed = parse(receiverSource);
  const knowledge = new KnownMembers(parsed.expr, facts, scope);
  const known = knowledge.of(parsed.expr);
  if (known === undefined || known.kind === 'runtime') {
    return none;
  }
  const proposals =
    known.kind === 'attribute'
      ? [...known.attribute.members].map(([name, attribute]) => ({
          label: name,
          kind: CompletionItemKind.Property,
          detail: attribute.describedType,
          documentation: describeAttribute(attribute),
        }))
      : knownProposals(known, facts, scope);
  const end = offset + (/^[^"'\]\s]*/.exec(source.slice(offset))?.[0].length ?? 0);
  return { start: quoteAt + 1, end, proposals };
}

function withName(source: string, offset: number): string {
  return `${source.slice(0, offset)}${placeholder}${source.slice(offset)}`;
}

/** Returns `comment` if an offset is within a comment; within a string, the offset at which that begins. */
function openText(source: string, offset: number): number | 'comment' | undefined {
  let open: number | undefined;
  let quote = '';
  for (let at = 0; at < offset; at++) {
    const char = source[at] ?? '';
    if (open !== undefined) {
      if (char === '\\') {
        at++;
      } else if (char === quote) {
        open = undefined;
      }
    } else if (char === '"' || char === "'") {
      open = at;
      quote = char;
    } else if (char === '/' && source[at + 1] === '/') {
      const end = source.indexOf('\n', at);
      if (end < 0 || end >= offset) {
        return 'comment';
      }
      at = end;
    }
  }
  return open;
}
