import type { JsonValue } from '../../cel';
import type { Span } from '../yaml/node';

/** A value and where it stands. Offsets are UTF-16, into the file's text. */
export interface Located<T> {
  readonly value: T;
  /** The value's own text. */
  readonly span: Span;
  /** The text of the key that introduces the value, for fields and for entries of maps. */
  readonly key?: Span;
  /** The offset at which `cerbos 0.55` reports mistakes about this value. */
  readonly mark: number;
  /** The YAML path, such as `$.resourcePolicy.rules[0].effect`. */
  readonly path: string;
}

declare const model: unique symbol;

/** The type of a value in a document, and the TypeScript type `T` that it is read as. */
export interface Type<T> {
  readonly shape: Shape;
  readonly [model]?: T;
}

export interface TextShape {
  readonly kind: 'text';
  /** A regular expression, as `cerbos 0.55` quotes it in messages. */
  readonly pattern?: { readonly source: string; readonly matches: (text: string) => boolean };
  readonly minLength?: number;
  readonly equals?: string;
  /** The meaning of the text, for completion and semantic highlighting. */
  readonly holds?:
    'cel' | 'role' | 'action' | 'kind' | 'scope' | 'version' | 'derived-role' | 'import' | 'fixture';
}

export interface EnumShape {
  readonly kind: 'enum';
  /** All names of the enumeration, by number. */
  readonly names: readonly string[];
  /** Those that are valid here. */
  readonly allowed?: readonly string[];
}

export interface MapShape {
  readonly kind: 'map';
  readonly value: Shape;
  readonly minKeyLength?: number;
}

export interface MessageShape {
  readonly kind: 'message';
  readonly name: string;
  readonly fields: Readonly<Record<string, Field<unknown>>>;
  /** The fields that have rules of their own. */
  readonly checked: readonly string[];
  /** Groups of fields of which exactly one must be there: the group's name, and its fields'. */
  readonly oneofs: readonly (readonly [string, readonly string[]])[];
  readonly rules: readonly MessageRule[];
}

interface MessageRule {
  readonly message: string;
  readonly holds: (value: Readonly<Record<string, Located<unknown> | undefined>>) => boolean;
}

/** The accepted values of a type. Decoding, completion and hover read this description. */
export type Shape =
  | TextShape
  | EnumShape
  | MessageShape
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer' }
  | { readonly kind: 'json' }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'list'; readonly item: Shape }
  | MapShape
  | { readonly kind: 'lazy'; readonly shape: () => Shape };

interface FieldRules {
  readonly required?: boolean;
  readonly unique?: boolean;
  readonly oneof?: string;
  /** Markdown, one or two sentences. */
  readonly doc?: string;
  /** The field to use instead. */
  readonly deprecated?: string;
}

export interface Field<T> extends FieldRules {
  readonly type: Type<T>;
}

type Fields = Readonly<Record<string, Field<unknown>>>;

/** The decoded form of a message with these fields. A field that is missing or invalid is undefined. */
type ModelOf<F> = {
  readonly [K in keyof F]?: F[K] extends Field<infer T> ? Located<T> : never;
};

export function text(rules: Omit<TextShape, 'kind'> = {}): Type<string> {
  return { shape: { kind: 'text', ...rules } };
}

export function oneOf<const N extends string>(names: readonly N[], allowed?: readonly NoInfer<N>[]): Type<N> {
  return { shape: { kind: 'enum', names, ...(allowed && { allowed }) } };
}

export const boolean: Type<boolean> = { shape: { kind: 'boolean' } };
export const integer: Type<bigint> = { shape: { kind: 'integer' } };
/** Any value: constants, attributes, expected outputs. Objects have no prototype, so `__proto__` is a key like any other. */
export const json: Type<JsonValue> = { shape: { kind: 'json' } };
/** RFC 3339 text, as written. */
export const timestamp: Type<string> = { shape: { kind: 'timestamp' } };

export function list<T>(item: Type<T>): Type<readonly Located<T>[]> {
  return { shape: { kind: 'list', item: item.shape } };
}

export function map<T>(value: Type<T>, minKeyLength?: number): Type<ReadonlyMap<string, Located<T>>> {
  return { shape: { kind: 'map', value: value.shape, ...(minKeyLength !== undefined && { minKeyLength }) } };
}

/** For messages that hold themselves. */
export function lazy<T>(type: () => Type<T>): Type<T> {
  return { shape: { kind: 'lazy', shape: () => type().shape } };
}

export function field<T>(type: Type<T>, rules: FieldRules = {}): Field<T> {
  return { type, ...rules };
}

export function message<F extends Fields>(
  name: string,
  fields: F,
  rules: readonly MessageRule[] = [],
): Type<ModelOf<F>> {
  const all = Object.entries(fields);
  const groups = [...new Set(all.flatMap(([, { oneof }]) => oneof ?? []))];
  const oneofs = groups.map((group) => [group, namesOf(all, ({ oneof }) => oneof === group)] as const);
  const checked = namesOf(all, ({ required, unique }) => required === true || unique === true);
  return { shape: { kind: 'message', name, fields, checked, oneofs, rules } };
}

function namesOf(
  fields: readonly (readonly [string, FieldRules])[],
  chosen: (rules: FieldRules) => boolean,
): readonly string[] {
  return fields.filter(([, rules]) => chosen(rules)).map(([name]) => name);
}

/** The decoded form of a type's values. */
export type Model<T> = T extends Type<infer M> ? M : never;
