import exclusions from './spec-exclusions.json' with { type: 'json' };

/** Why tests of the specification are left out, by a short key. */
export const reasons = {
  message: 'makes or reads a protobuf message, which policies cannot declare',
  enum: 'is about protobuf enums',
  block: 'uses `cel.block`, a macro of the test bench of an optimizer',
  function: 'calls a function that only the test declares',
  cerbos: 'Cerbos 0.55 decides otherwise, and so do we',
  syntax: 'was recorded with optional syntax, quoted fields or long nesting switched off',
  crossType: 'was recorded with comparison across numeric types switched off',
  library: 'was recorded without the library function of that name',
  undeclared: 'reads variables that the data does not declare',
  negative: 'must be refused or fail, which it does; the data does not say so',
} as const;

export type Reason = keyof typeof reasons;

export type SuiteName = 'conformance' | 'comprehension' | 'parser' | 'checker';

/** The tests that are left out: suite, full name, reason. */
export function excluded(suite: SuiteName): ReadonlyMap<string, Reason> {
  return new Map(Object.entries(exclusions[suite] as Record<string, Reason>));
}
