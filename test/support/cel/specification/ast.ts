import type { Constant, Expr as SpecExpr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import type { Expr, LiteralValue } from '../../../../server/cel/index';
import { Uint } from '../../../../server/cel/index';

/** Our tree in the form of the specification's `cel.expr.Expr`, so that its debug form can be compared. */
export function toSpecExpr(expr: Expr): SpecExpr {
  return node(expr.id, kindOf(expr));
}

type Kind = SpecExpr['exprKind'];

function node(id: number, exprKind: Kind): SpecExpr {
  return { $typeName: 'cel.expr.Expr', id: BigInt(id), exprKind };
}

function kindOf(expr: Expr): Kind {
  switch (expr.kind) {
    case 'literal':
      return {
        case: 'constExpr',
        value: { $typeName: 'cel.expr.Constant', constantKind: constant(expr.value) },
      };
    case 'identifier':
      return { case: 'identExpr', value: { $typeName: 'cel.expr.Expr.Ident', name: expr.name } };
    case 'select':
      // An optional selection is a call of an operator in cel-go's trees.
      return expr.optional
        ? call('_?._', [toSpecExpr(expr.operand), literal(expr.id, expr.field)])
        : {
            case: 'selectExpr',
            value: {
              $typeName: 'cel.expr.Expr.Select',
              operand: toSpecExpr(expr.operand),
              field: expr.field,
              testOnly: expr.test,
            },
          };
    case 'call':
      return call(expr.name, expr.args.map(toSpecExpr), expr.target && toSpecExpr(expr.target));
    case 'list':
      return {
        case: 'listExpr',
        value: {
          $typeName: 'cel.expr.Expr.CreateList',
          elements: expr.elements.map(toSpecExpr),
          optionalIndices: [...expr.optional],
        },
      };
    case 'map':
      return struct(
        '',
        expr.entries.map((entry) => ({
          key: { case: 'mapKey' as const, value: toSpecExpr(entry.key) },
          value: toSpecExpr(entry.value),
          optional: entry.optional,
        })),
      );
    case 'struct':
      return struct(
        expr.typeName,
        expr.fields.map((field) => ({
          key: { case: 'fieldKey' as const, value: field.name },
          value: toSpecExpr(field.value),
          optional: field.optional,
        })),
      );
    case 'comprehension':
      return {
        case: 'comprehensionExpr',
        value: {
          $typeName: 'cel.expr.Expr.Comprehension',
          iterVar: expr.iterVar,
          iterVar2: expr.iterVar2 ?? '',
          iterRange: toSpecExpr(expr.iterRange),
          accuVar: expr.accumulator,
          accuInit: toSpecExpr(expr.initial),
          loopCondition: toSpecExpr(expr.condition),
          loopStep: toSpecExpr(expr.step),
          result: toSpecExpr(expr.result),
        },
      };
    case 'invalid':
      return { case: undefined };
  }
}

function call(name: string, args: SpecExpr[], target?: SpecExpr): Kind {
  const value = { $typeName: 'cel.expr.Expr.Call' as const, function: name, args };
  return { case: 'callExpr', value: target ? { ...value, target } : value };
}

function literal(id: number, text: string): SpecExpr {
  const constantKind = { case: 'stringValue' as const, value: text };
  return node(id, { case: 'constExpr', value: { $typeName: 'cel.expr.Constant', constantKind } });
}

interface Entry {
  readonly key:
    | { readonly case: 'mapKey'; readonly value: SpecExpr }
    | { readonly case: 'fieldKey'; readonly value: string };
  readonly value: SpecExpr;
  readonly optional: boolean;
}

function struct(messageName: string, entries: readonly Entry[]): Kind {
  return {
    case: 'structExpr',
    value: {
      $typeName: 'cel.expr.Expr.CreateStruct',
      messageName,
      entries: entries.map((entry) => ({
        $typeName: 'cel.expr.Expr.CreateStruct.Entry',
        id: 0n,
        keyKind: entry.key,
        value: entry.value,
        optionalEntry: entry.optional,
      })),
    },
  };
}

/** A constant by the name of its field; the type of the whole has fields that are deprecated. */
function field(name: string, value: unknown): Constant['constantKind'] {
  return Object.fromEntries([
    ['case', name],
    ['value', value],
  ]) as unknown as Constant['constantKind'];
}

function constant(value: LiteralValue): Constant['constantKind'] {
  switch (typeof value) {
    case 'boolean':
      return field('boolValue', value);
    case 'bigint':
      return field('int64Value', value);
    case 'number':
      return field('doubleValue', value);
    case 'string':
      return field('stringValue', value);
    default:
      if (value === null) {
        return field('nullValue', 0);
      }
      return value instanceof Uint
        ? field('uint64Value', value.value)
        : field('bytesValue', new Uint8Array(value));
  }
}
