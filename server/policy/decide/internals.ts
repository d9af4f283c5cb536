import type { Recorder } from './recorder';

/** Options that only this engine's own parts set. */
export interface Internals {
  /** Called when an expression reads the clock; the clock then stands at the epoch if there is no `now`. */
  readonly onClock?: () => void;
  /** Takes notes of everything. */
  readonly recorder?: Recorder;
  /** Evaluates everything that Cerbos evaluates, so that all errors are found. */
  readonly thorough?: boolean;
}
