/** Wall and monotonic time, together: the one may be set, the other tells how much has passed all the same. */
export interface Clock {
  /** Milliseconds since the epoch; may jump either way. */
  readonly wall: () => number;
  /** Milliseconds since some moment; never goes back, and may stand still while the machine sleeps. */
  readonly monotonic: () => number;
}

/** A moment on both. */
export interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

/** The clocks of this machine. */
export const systemClock: Clock = { wall: () => Date.now(), monotonic: () => performance.now() };

/** Milliseconds by which the wall clock may be corrected backwards before what it says counts as unknown. */
export const clockTolerance = 60_000;

/** This moment. */
export function momentOf(clock: Clock): Moment {
  return { wall: clock.wall(), monotonic: clock.monotonic() };
}

/**
 * Milliseconds since a moment of this process: what either clock says, whichever is more (the monotonic one may have
 * slept, the wall clock may have been set back a little). Infinite where the wall clock was set back further than
 * {@link clockTolerance}: in doubt everything has expired.
 */
export function elapsedSince(clock: Clock, moment: Moment): number {
  const wall = clock.wall() - moment.wall;
  const monotonic = clock.monotonic() - moment.monotonic;
  return wall < monotonic - clockTolerance ? Infinity : Math.max(wall, monotonic);
}
