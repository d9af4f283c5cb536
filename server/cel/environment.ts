import { libraries } from './functions/table';
import { describeFunction, resolveFunction } from './functions/resolve';
import type { ResolvedFunction } from './functions/resolve';
import type { FunctionDefinition } from './functions/define';
import { macroDescriptions } from './functions/macro-table';
import { cerbosTypes, cerbosVariables } from './cerbos-types';
import { cerbosSchema } from './cerbos-messages';
import type { MessageDescriptor } from './messages/descriptor';
import { typeOfField } from './messages/schema';
import type { MessageSchema } from './messages/schema';
import { wellKnownSchema } from './messages/well-known';
import { typeNames } from './type-names';
import type {
  FieldDeclaration,
  FunctionDeclaration,
  FunctionDescription,
  MacroDescription,
  MessageDeclaration,
  VariableDeclaration,
} from './declarations';
import { dynType, messageType } from './types';
import type { CelType } from './types';

/** What an environment is made of. */
export interface EnvironmentOptions {
  readonly variables?: readonly VariableDeclaration[];
  readonly messages?: readonly MessageDeclaration[];
  /** The protobuf messages that expressions may make, and enums; without it, only the well-known ones. */
  readonly schema?: MessageSchema;
  /** Functions beside those of the libraries. */
  readonly functions?: readonly FunctionDeclaration[];
  /** Names of libraries to leave out. */
  readonly without?: readonly string[];
  /** The namespace in which names are looked up first (CEL specification, "Name resolution"). */
  readonly container?: string;
}

/** The names that an expression may use: variables, types and functions. Immutable; costs little to extend. */
export class Environment {
  readonly variables: ReadonlyMap<string, VariableDeclaration>;
  readonly container: string;
  readonly schema: MessageSchema;
  readonly #options: EnvironmentOptions;
  readonly #messages: ReadonlyMap<string, MessageDeclaration>;
  readonly #definitions: ReadonlyMap<string, readonly FunctionDefinition[]>;
  #qualifiers: ReadonlySet<string> | undefined;
  readonly #resolved = new Map<string, ResolvedFunction>();

  constructor(options: EnvironmentOptions = {}) {
    this.#options = options;
    this.container = options.container ?? '';
    this.schema = options.schema ?? wellKnownSchema;
    this.variables = new Map((options.variables ?? []).map((variable) => [variable.name, variable]));
    this.#messages = new Map((options.messages ?? []).map((message) => [message.name, message]));
    this.#definitions = libraries(options.without ?? []);
  }

  /** All functions, methods and operators, with their documentation. */
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

  /** The names of all types that can be written in an expression. */
  get types(): readonly string[] {
    return [...typeNames.keys(), ...this.#messages.keys()];
  }

  /** Declared fields of a type, if it is one that has any. */
  fieldsOf(typeName: string): readonly FieldDeclaration[] | undefined {
    return this.#messages.get(typeName)?.fields;
  }

  /** The same environment with more (or replaced) variables. */
  extend(variables: readonly VariableDeclaration[]): Environment {
    return new Environment({ ...this.#options, variables: [...this.variables.values(), ...variables] });
  }

  /** The function of this name, for the checker. */
  findFunction(name: string): ResolvedFunction | undefined {
    const known = this.#resolved.get(name);
    if (known) {
      return known;
    }
    const declared = this.#options.functions?.find((declaration) => declaration.name === name);
    const definitions = this.#definitions.get(name) ?? [];
    const resolved = resolveFunction(definitions, declared);
    if (resolved) {
      this.#resolved.set(name, resolved);
    }
    return resolved;
  }

  /** Whether a name with dots may begin with this part; what begins with another is a selection. */
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
      ...(this.#options.functions ?? []).map(({ name }) => name),
    ];
    return new Set(names.flatMap((name) => (name.includes('.') ? [name.slice(0, name.indexOf('.'))] : [])));
  }

  findMessage(name: string): MessageDeclaration | undefined {
    return this.#messages.get(name);
  }

  /** The type of a field of a message, undefined if it has no such field. */
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

  /** How protobuf describes a message, for making one; undefined if an expression cannot make it. */
  findDescriptor(name: string): MessageDescriptor | undefined {
    return this.schema.find(name);
  }

  /** The type that a name stands for, when the name is a type's. */
  findType(name: string): CelType | undefined {
    const known = typeNames.get(name);
    if (known) {
      return known;
    }
    return this.#messages.has(name) || this.schema.find(name) ? messageType(name) : undefined;
  }

  /** The full names that a name may mean, the most specific first (CEL specification, "Name resolution"). */
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

let cerbos: Environment | undefined;
let standard: Environment | undefined;

/** Cerbos' environment: all libraries, and the variables `request`, `R`, `P`, `V`, … */
export function cerbosEnvironment(): Environment {
  cerbos ??= new Environment({ variables: cerbosVariables, messages: cerbosTypes, schema: cerbosSchema });
  return cerbos;
}

/** The same libraries without Cerbos' functions and variables. */
export function standardEnvironment(): Environment {
  standard ??= new Environment({ without: ['cerbos'] });
  return standard;
}
