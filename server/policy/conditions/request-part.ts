import { CelRecord } from '../../cel';
import type { CelValue, JsonObject, StringMap } from '../../cel';
import { cerbosTypeNames, goPointerNameOf } from './type-names';

/** The input for `request.principal` or `request.resource`. */
interface PartInput {
  readonly id: string;
  readonly kind?: string;
  readonly roles?: readonly string[];
  readonly attr?: JsonObject;
  readonly policyVersion?: string;
  readonly scope?: string;
}

const noAttributes: JsonObject = {};
const principalFields = ['id', 'roles', 'attr', 'policyVersion', 'scope'];
const resourceFields = ['kind', 'id', 'attr', 'policyVersion', 'scope'];

/** The principal or the resource of a request, read from the input as it is. Most of what conditions read is in one. */
export class RequestPart extends CelRecord {
  readonly attr: StringMap;
  readonly #input: PartInput;

  constructor(typeName: string, input: PartInput) {
    super(typeName);
    this.attr = input.attr ?? noAttributes;
    this.#input = input;
  }

  override get(name: string): CelValue | undefined {
    const input = this.#input;
    switch (name) {
      case 'attr':
        return this.attr;
      case 'id':
        return input.id;
      case 'kind':
        return this.#isPrincipal ? undefined : input.kind;
      case 'roles':
        return this.#isPrincipal ? input.roles : undefined;
      case 'policyVersion':
      case 'policy_version':
        return input.policyVersion ?? '';
      case 'scope':
        return input.scope ?? '';
      default:
        return undefined;
    }
  }

  override goPointerName(): string {
    return goPointerNameOf(this.typeName);
  }

  override has(name: string): boolean {
    return isFilled(this.get(name));
  }

  protected override listed(): readonly string[] {
    return (this.#isPrincipal ? principalFields : resourceFields).filter((name) => this.has(name));
  }

  get #isPrincipal(): boolean {
    return this.typeName === cerbosTypeNames.principal;
  }
}

/** protobuf's `has()` of a field without presence: false if it is empty. */
export function isFilled(value: CelValue | undefined): boolean {
  return Array.isArray(value) || typeof value === 'string'
    ? value.length > 0
    : value !== undefined && value !== null && Object.keys(value).length > 0;
}
