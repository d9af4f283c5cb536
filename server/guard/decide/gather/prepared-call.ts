import type { Refusal } from '../policies/decide';
import type { ExternalDecision } from '../policies/external-decision';
import type { Layers } from '../policies/layers';
import type { Advice } from '../refusal-text';
import type { Binding } from './binding';
import type { Call, Surroundings } from './call';
import type { ToolFacts } from './tool-book';

/** A call with everything that its decision depends on, at one moment. */
export interface PreparedCall {
  readonly call: Call;
  readonly tool: ToolFacts | undefined;
  readonly surroundings: Surroundings;
  readonly layers: Extract<Layers, { kind: 'ready' }>;
  readonly binding: Binding;
  /** Missing if no other decision point was asked. */
  readonly external?: ExternalDecision | undefined;
}

/** A call that can't be put to policy. */
export interface RejectedCall {
  readonly call: Call;
  readonly rejected: Refusal;
  /** Missing if the agent can only wait for a repair. */
  readonly advice?: Advice;
  readonly external?: ExternalDecision | undefined;
}
