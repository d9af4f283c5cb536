/** Everything that a call can do, in the words of policies. `permit` changes who may do what. */
export const effectKinds = ['read', 'create', 'change', 'delete', 'execute', 'send', 'permit'] as const;

export type EffectKind = (typeof effectKinds)[number];

/** The part of a call that a piece of evidence comes from. */
type EvidenceSource = 'annotation' | 'name' | 'argument' | 'sql' | 'http' | 'code';

/** A reason to believe that a call has an effect, in words for the person who is asked. */
export interface Evidence {
  readonly kind: EffectKind;
  readonly from: EvidenceSource;
  /** A clause without subject and full stop, e.g. `the name says "delete"`. */
  readonly text: string;
}

/** Something that a call is about, in a person's words. */
export interface Target {
  readonly type: 'table' | 'host';
  readonly name: string;
}

/** The evidence of one analyser about a call. */
export interface CallEvidence {
  /** Empty if the analyser recognises nothing. */
  readonly evidence: readonly Evidence[];
  /** Something may be lost that was there before the call. */
  readonly loses: boolean;
  /**
   * `all`: the evidence covers everything that this call does, so that what the tool does in general does not matter
   * (SQL that was parsed, a command whose programs are known); `kind`: it says which of a general tool's effects this
   * call has; `some`: there may be more.
   */
  readonly covers: 'all' | 'kind' | 'some';
  readonly targets: readonly Target[];
}

export const noEvidence: CallEvidence = { evidence: [], loses: false, covers: 'some', targets: [] };

/** `resource.attr.effect` of the request that policies decide. */
export interface Effect {
  /** In the order of {@link effectKinds}. Empty if nothing is known: neither evidence nor a claim. */
  readonly kinds: readonly EffectKind[];
  /** Something may be lost that was there before the call. */
  readonly destructive: boolean;
  /** There is evidence beyond the server's annotations. */
  readonly recognised: boolean;
  /** The evidence says worse than the annotations that a person accepted. */
  readonly contradicts: boolean;
  readonly evidence: readonly Evidence[];
  readonly targets: readonly Target[];
}
