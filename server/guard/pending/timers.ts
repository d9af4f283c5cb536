/** Time, passed in so that tests need not wait. */
export interface Timers {
  /** Runs once after so many milliseconds; returns what cancels it. Does not keep the process alive. */
  after(milliseconds: number, run: () => void): () => void;
}

export const systemTimers: Timers = {
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
