import exclusions from './exclusions.json' with { type: 'json' };

/** Why tests of the specification are left out, by a short key. */
export const reasons = {
  enum: 'wants types of their own for protobuf enums, which cel-go does not have',
  message: "reads a field that only the messages of cel-go's own tests have",
  provider: "replaces cel-go's provider of types by one of the test's own",
  cerbos: 'Cerbos 0.55 decides otherwise, and so do we',
} as const;

type Reason = keyof typeof reasons;

export type SuiteName = 'conformance' | 'comprehension' | 'parser' | 'checker';

/** The tests that are left out: suite, full name, reason. */
export function excluded(suite: SuiteName): ReadonlyMap<string, Reason> {
  return new Map(Object.entries(exclusions[suite] as Record<string, Reason>));
}
