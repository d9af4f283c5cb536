import type { Recorder } from './recorder';
import type { Semantics } from './semantics';

/** Options that only this engine's own parts and its tests set. */
export interface Internals {
  /** For the differential test; see {@link Semantics}. */
  readonly semantics?: Semantics;
  /** Called when an expression reads the clock; the clock then stands at the epoch if there is no `now`. */
  readonly onClock?: () => void;
  /** Takes notes of everything. */
  readonly recorder?: Recorder;
  /** Evaluates everything that Cerbos evaluates, so that all errors are found. */
  readonly thorough?: boolean;
}
