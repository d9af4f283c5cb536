import type { Expr } from '../ast';
import type { Environment } from '../environment';
import type { MessageDescriptor } from '../messages/descriptor';
import type { MessageSchema } from '../messages/schema';
import type { CallResolution } from '../functions/resolve';
import type { CelIssue } from '../issue';
import type { CelType } from '../types';

export type { CallResolution };

/** The message type that a message literal makes. */
export interface MessageResolution {
  readonly name: string;
  readonly schema: MessageSchema;
  readonly descriptor: MessageDescriptor | undefined;
}

/** The declaration that a name, call or selection refers to. */
export type Reference =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'local'; readonly name: string }
  | { readonly kind: 'type'; readonly name: string }
  | { readonly kind: 'constant'; readonly name: string; readonly value: bigint }
  | { readonly kind: 'overloads'; readonly function: string; readonly ids: readonly string[] }
  | { readonly kind: 'field'; readonly of: CelType; readonly name: string };

export interface CheckResult {
  readonly environment: Environment;
  readonly type: CelType;
  typeOf(node: Expr): CelType | undefined;
  referenceOf(node: Expr): Reference | undefined;
  /** The function that a call refers to, for planning. */
  callOf(node: Expr): CallResolution | undefined;
  /** The message type that an expression makes, for planning; only its name if it cannot be made. */
  messageOf(node: Expr): MessageResolution | undefined;
  readonly issues: readonly CelIssue[];
}
