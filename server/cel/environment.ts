import { functionsByName, standardLibraries } from './functions/table';
import { describeFunction, resolveFunction } from './functions/resolve';
import type { ResolvedFunction } from './functions/resolve';
import type { FunctionDefinition, Library } from './functions/define';
import { macroDescriptions } from './functions/macro-table';
import type { Bindings } from './program';
import type { CelValue } from './values/value';
import type { MessageDescriptor } from './messages/descriptor';
import { typeOfField } from './messages/schema';
import type { MessageSchema } from './messages/schema';
import { wellKnownSchema } from './messages/well-known';
import { typeNames } from './type-names';
import type {
  FieldDeclaration,
  FunctionDescription,
  MacroDescription,
  MessageDeclaration,
  OpaqueTypeDeclaration,
  VariableDeclaration,
} from './declarations';
import { dynType, messageType, opaqueType } from './types';
import type { CelType } from './types';

/** The parts of an {@link Environment}; all have defaults. */
export interface EnvironmentOptions {
  readonly variables?: readonly VariableDeclaration[];
  readonly messages?: readonly MessageDeclaration[];
  /** The protobuf messages and enums that expressions may use. Without it, the well-known ones. */
  readonly schema?: MessageSchema;
  /** Functions and opaque types, in the order in which overloads are tried; {@link standardLibraries} if left out. */
  readonly libraries?: readonly Library[];
  /** The namespace in which names are looked up first (CEL specification, "Name resolution"). */
  readonly container?: string;
  /**
   * Maps all spellings of a path of names to one, e.g. `R.attr` and `request.resource.attr`.
   * {@link EvalContext.unknowns} are compared in that spelling.
   */
  readonly canonicalPath?: (path: readonly string[]) => readonly string[];
  /** Reads frequent paths in one step, for speed; changes no result. */
  readonly pathReader?: PathReader;
}

/**
 * Tells how to read a path of names, such as `R.attr.owner`, in one step. The reader that it returns must answer
 * undefined wherever reading step by step could give anything but that value; the path is then read step by step.
 * @param path two or three names, the first of which is a variable
 * @returns undefined for paths that are not frequent enough to be worth a reader
 */
export type PathReader = (
  path: readonly string[],
) => ((bindings: Bindings) => CelValue | undefined) | undefined;

/** The names that an expression may use: variables, types, functions. Immutable. Extending one is cheap. */
export class Environment {
  readonly variables: ReadonlyMap<string, VariableDeclaration>;
  readonly container: string;
  readonly schema: MessageSchema;
  readonly #options: EnvironmentOptions;
  readonly #messages: ReadonlyMap<string, MessageDeclaration>;
  readonly #definitions: ReadonlyMap<string, readonly FunctionDefinition[]>;
  /** Opaque types that libraries bring, by their full names. */
  readonly #opaqueTypes: ReadonlyMap<string, OpaqueTypeDeclaration>;
  readonly #typesByWord: ReadonlyMap<string, CelType>;
  #qualifiers: ReadonlySet<string> | undefined;
  readonly #resolved = new Map<string, ResolvedFunction>();

  constructor(options: EnvironmentOptions = {}) {
    this.#options = options;
    this.container = options.container ?? '';
    this.schema = options.schema ?? wellKnownSchema;
    this.variables = new Map((options.variables ?? []).map((variable) => [variable.name, variable]));
    this.#messages = new Map((options.messages ?? []).map((message) => [message.name, message]));
    const libraries = options.libraries ?? standardLibraries;
    this.#definitions = functionsByName(libraries);
    const opaque = libraries.flatMap(({ types = [] }) => types);
    this.#opaqueTypes = new Map(opaque.map((type) => [type.name, type]));
    this.#typesByWord = new Map(opaque.map(({ name, word }) => [word, opaqueType(name)]));
  }

  /** All functions, methods and operators by name, with their documentation. For editors. */
  get functions(): ReadonlyMap<string, FunctionDescription> {
    const described = new Map<string, FunctionDescription>();
    for (const name of this.#definitions.keys()) {
      const found = this.findFunction(name);
      if (found && !name.includes('@')) {
        described.set(name, describeFunction(found));
      }
    }
    return described;
  }

  get macros(): readonly MacroDescription[] {
    return macroDescriptions;
  }

  /** The full names of all types that an expression may name. */
  get types(): readonly string[] {
    return [...typeNames.keys(), ...this.#opaqueTypes.keys(), ...this.#messages.keys()];
  }

  /** The declared fields of a message type; undefined for any other type. */
  fieldsOf(typeName: string): readonly FieldDeclaration[] | undefined {
    return this.#messages.get(typeName)?.fields;
  }

  /** A copy of this environment with these variables added. A variable of a known name replaces that one. */
  extend(variables: readonly VariableDeclaration[]): Environment {
    return new Environment({ ...this.#options, variables: [...this.variables.values(), ...variables] });
  }

  /** The function of this name, for the checker. */
  findFunction(name: string): ResolvedFunction | undefined {
    const known = this.#resolved.get(name);
    if (known) {
      return known;
    }
    const resolved = resolveFunction(this.#definitions.get(name) ?? [], this.#typesByWord);
    if (resolved) {
      this.#resolved.set(name, resolved);
    }
    return resolved;
  }

  /** False if certainly no name with dots begins with `first`: `first.x` is then a selection from a variable. */
  isQualifier(first: string): boolean {
    this.#qualifiers ??= this.#firstParts();
    return this.container !== '' || first.startsWith('.') || this.#qualifiers.has(first);
  }

  #firstParts(): ReadonlySet<string> {
    const names = [
      ...this.variables.keys(),
      ...this.types,
      ...this.schema.names,
      ...this.#definitions.keys(),
    ];
    return new Set(names.flatMap((name) => (name.includes('.') ? [name.slice(0, name.indexOf('.'))] : [])));
  }

  findMessage(name: string): MessageDeclaration | undefined {
    return this.#messages.get(name);
  }

  /** @returns undefined if there is no such message, or no such field */
  fieldType(message: string, field: string): CelType | undefined {
    const declared = this.#messages.get(message);
    if (declared) {
      const found = declared.fields.find(({ name }) => name === field)?.type;
      return found ?? (declared.open ? dynType : undefined);
    }
    const descriptor = this.schema.find(message);
    const found = descriptor && this.schema.field(descriptor, field);
    return found && typeOfField(found);
  }

  /** The protobuf descriptor with which an expression makes a message; undefined if it cannot make one of that type. */
  findDescriptor(name: string): MessageDescriptor | undefined {
    return this.schema.find(name);
  }

  /** The static type that a type's name denotes; undefined for any other name. */
  findType(name: string): CelType | undefined {
    const known = typeNames.get(name);
    if (known) {
      return known;
    }
    if (this.#opaqueTypes.has(name)) {
      return opaqueType(name);
    }
    return this.#messages.has(name) || this.schema.find(name) ? messageType(name) : undefined;
  }

  /** See {@link OpaqueTypeDeclaration.isObject}. */
  isObjectType(name: string): boolean {
    return this.#opaqueTypes.get(name)?.isObject === true;
  }

  /** See {@link EnvironmentOptions.canonicalPath}. */
  canonicalPath(path: readonly string[]): readonly string[] {
    return this.#options.canonicalPath?.(path) ?? path;
  }

  /** See {@link PathReader}. */
  readerOf(path: readonly string[]): ((bindings: Bindings) => CelValue | undefined) | undefined {
    return this.#options.pathReader?.(path);
  }

  /** The full names that a name may denote, the most specific first (CEL specification, "Name resolution"). */
  candidates(name: string): readonly string[] {
    if (name.startsWith('.')) {
      return [name.slice(1)];
    }
    if (this.container === '') {
      return [name];
    }
    const parts = this.container.split('.');
    return [...parts.map((_, index) => [...parts.slice(0, parts.length - index), name].join('.')), name];
  }
}

let standard: Environment | undefined;

/** The environment of {@link standardLibraries} without variables. Each call returns the same object. */
export function standardEnvironment(): Environment {
  standard ??= new Environment();
  return standard;
}
