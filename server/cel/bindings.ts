import type { Bindings } from './program';
import type { CelRecord } from './values/record';
import type { CelValue, JsonObject } from './values/value';

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
  readonly auxData?: { readonly jwt?: JsonObject };
}

/** `request`, `R` and `P` for one check. Build once per check, and spread into {@link Bindings} per policy. */
export interface RequestRecords {
  readonly request: CelRecord;
  readonly R: CelRecord;
  readonly P: CelRecord;
}

/** The rest of an expression's names. Each is asked for by name when an expression reads it. */
export interface PolicyScope {
  /** The value of a variable, undefined if it is not set (reading it is then an error, as in Cerbos). */
  readonly variables?: (name: string) => CelValue | undefined;
  readonly constants?: (name: string) => CelValue | undefined;
  readonly globals?: (name: string) => CelValue | undefined;
  /** Sorted names, or what went wrong when computing them. */
  readonly effectiveDerivedRoles?: () => readonly string[] | { readonly error: string };
}

export declare function requestRecords(input: RequestInput): RequestRecords;
export declare function requestBindings(records: RequestRecords, scope: PolicyScope): Bindings;
