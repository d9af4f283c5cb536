import { fail, CelRecord } from '../../cel';
import type { CelFailure, Bindings, CelValue, JsonObject } from '../../cel';
import { cerbosTypeNames, goPointerNameOf } from './type-names';
import { RequestPart, isFilled } from './request-part';

/** The parts of a Cerbos check that expressions can read. Attributes are used as they are, without conversion. */
export interface RequestInput {
  readonly principal: {
    readonly id: string;
    readonly roles: readonly string[];
    readonly attr?: JsonObject;
    readonly policyVersion?: string;
    readonly scope?: string;
  };
  readonly resource: {
    readonly kind: string;
    readonly id: string;
    readonly attr?: JsonObject;
    readonly policyVersion?: string;
    readonly scope?: string;
  };
  readonly auxData?: {
    readonly jwt?: JsonObject;
    readonly jwts?: Readonly<Record<string, { readonly claims: JsonObject }>>;
  };
}

/** `request`, `R` and `P` for one check. Build once per check. */
export interface RequestRecords {
  readonly request: CelRecord;
  readonly R: CelRecord;
  readonly P: CelRecord;
}

/** The rest of an expression's names. Each is asked for by name when an expression reads it. */
export interface PolicyScope {
  /** The value of a variable, undefined if it is not set (reading it is then an error, as in Cerbos). */
  variables?(name: string): CelValue | undefined;
  constants?(name: string): CelValue | undefined;
  globals?(name: string): CelValue | undefined;
  /** The names of all variables, constants or globals; without it, they are read by name alone. */
  names?(part: 'variables' | 'constants' | 'globals'): readonly string[];
  /** Sorted names, or what went wrong when computing them. */
  effectiveDerivedRoles?(): readonly string[] | { readonly error: string };
}

const empty: JsonObject = {};

/**
 * Makes the records of a request. `has()` is false for fields that are empty, as protobuf has it.
 * @param before records of another request; if that had the same principal object, so will this
 */
export function requestRecords(input: RequestInput, before?: RequestRecords): RequestRecords {
  const shared = before instanceof LazyRecords && before.isOf(input.principal) ? before : undefined;
  return new LazyRecords(input, shared);
}

/** Records that are made when an expression reads them. */
class LazyRecords implements RequestRecords {
  readonly #input: RequestInput;
  readonly #samePrincipal: LazyRecords | undefined;
  #request: CelRecord | undefined;
  #R: CelRecord | undefined;
  #P: CelRecord | undefined;

  constructor(input: RequestInput, samePrincipal: LazyRecords | undefined) {
    this.#input = input;
    // The first of them, so that records do not form a chain that keeps all requests in memory.
    this.#samePrincipal = samePrincipal && (samePrincipal.#samePrincipal ?? samePrincipal);
  }

  isOf(principal: RequestInput['principal']): boolean {
    return this.#input.principal === principal;
  }

  get request(): CelRecord {
    return (this.#request ??= requestRecord(this, this.#input.auxData));
  }

  get R(): CelRecord {
    return (this.#R ??= new RequestPart(cerbosTypeNames.resource, this.#input.resource));
  }

  get P(): CelRecord {
    return (
      this.#samePrincipal?.P ??
      (this.#P ??= new RequestPart(cerbosTypeNames.principal, this.#input.principal))
    );
  }
}

function requestRecord(records: RequestRecords, auxData: RequestInput['auxData']): CelRecord {
  const aux = message(cerbosTypeNames.auxData, { jwt: auxData?.jwt ?? empty, jwts: tokensOf(auxData?.jwts) });
  return new CerbosRecord(
    cerbosTypeNames.request,
    (name) => {
      switch (name) {
        case 'principal':
          return records.P;
        case 'resource':
          return records.R;
        case 'auxData':
        case 'aux_data':
          return aux;
        default:
          return undefined;
      }
    },
    (name) => (name === 'auxData' || name === 'aux_data' ? auxData !== undefined : true),
    () => (auxData ? ['principal', 'resource', 'auxData'] : ['principal', 'resource']),
  );
}

function tokensOf(tokens: NonNullable<RequestInput['auxData']>['jwts']): Readonly<Record<string, CelRecord>> {
  const records = Object.create(null) as Record<string, CelRecord>;
  for (const [name, { claims }] of Object.entries(tokens ?? {})) {
    records[name] = message(cerbosTypeNames.token, { claims });
  }
  return records;
}

type MessageFields = Readonly<Record<string, CelValue>>;

function message(typeName: string, fields: MessageFields): CelRecord {
  const read = (name: string): CelValue | undefined =>
    Object.hasOwn(fields, name) ? fields[name] : undefined;
  const isSet = (name: string): boolean => isFilled(read(name));
  return new CerbosRecord(typeName, read, isSet, () => Object.keys(fields).filter(isSet));
}

/** An object of Cerbos', with the name of its type in Go. */
class CerbosRecord extends CelRecord {
  override goPointerName(): string {
    return goPointerNameOf(this.typeName);
  }
}

/** `runtime`: its list is there once `runtime.?effectiveDerivedRoles` would not be empty. */
class RuntimeRecord extends CerbosRecord {
  override isSet(name: string): boolean {
    return isFilled(this.get(name));
  }
}

/** The value of `variables`, `constants` or `globals`. */
class ScopeRecord extends CerbosRecord {
  readonly #scope: PolicyScope;
  readonly #part: 'variables' | 'constants' | 'globals';

  constructor(scope: PolicyScope, part: 'variables' | 'constants' | 'globals') {
    super(cerbosTypeNames.variables);
    this.#scope = scope;
    this.#part = part;
  }

  override isOpen(): boolean {
    return true;
  }

  override get(name: string): CelValue | undefined {
    return this.#scope[this.#part]?.(name);
  }

  protected override listed(): readonly string[] | undefined {
    return this.#scope.names?.(this.#part).filter((name) => this.has(name));
  }
}

/** All names of Cerbos' environment, each made when it is first read. */
export function requestBindings(records: RequestRecords, scope: PolicyScope = {}): Bindings {
  return new CerbosBindings(records, scope) as unknown as Bindings;
}

class CerbosBindings {
  readonly #records: RequestRecords;
  readonly #scope: PolicyScope;
  #variables: CelRecord | undefined;
  #constants: CelRecord | undefined;
  #globals: CelRecord | undefined;
  #runtime: CelRecord | undefined;

  constructor(records: RequestRecords, scope: PolicyScope) {
    this.#records = records;
    this.#scope = scope;
  }

  get request(): CelRecord {
    return this.#records.request;
  }

  get R(): CelRecord {
    return this.#records.R;
  }

  get P(): CelRecord {
    return this.#records.P;
  }

  get variables(): CelRecord {
    return (this.#variables ??= new ScopeRecord(this.#scope, 'variables'));
  }

  get V(): CelRecord {
    return this.variables;
  }

  get constants(): CelRecord {
    return (this.#constants ??= new ScopeRecord(this.#scope, 'constants'));
  }

  get C(): CelRecord {
    return this.constants;
  }

  get globals(): CelRecord {
    return (this.#globals ??= new ScopeRecord(this.#scope, 'globals'));
  }

  get G(): CelRecord {
    return this.globals;
  }

  /** Reading anything of `runtime` fails if the derived roles could not be computed. */
  get runtime(): CelRecord | CelFailure {
    if (this.#runtime) {
      return this.#runtime;
    }
    const roles = this.#scope.effectiveDerivedRoles?.() ?? [];
    if ('error' in roles) {
      return fail(roles.error);
    }
    const names = ['effectiveDerivedRoles', 'effective_derived_roles'];
    this.#runtime = new RuntimeRecord(
      cerbosTypeNames.runtime,
      (name) => (names.includes(name) ? roles : undefined),
      undefined,
      () => (roles.length > 0 ? ['effectiveDerivedRoles'] : []),
    );
    return this.#runtime;
  }
}
