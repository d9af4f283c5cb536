import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Diagnostic } from 'vscode-languageserver';
import type { PolicyIssue } from '../policy';
import type { PolicyCoverage, RunTestsParams, SuiteReport, TestsNotice } from '../protocol';
import { diagnostics } from './features/diagnostics';
import { coverageOf } from './results/coverage';
import { reportSuite } from './results/report';
import { noResults } from './results/results';
import type { SetResults, SuiteOutcome } from './results/results';
import { rerun, runStale } from './results/run';
import { pathOfUri, uriOfPath } from './texts/paths';
import type { PolicySetSnapshot } from './workspace/policy-set';
import { mayFollowFromOtherFile } from './workspace/shown-issues';
import type { Snapshot } from './workspace/snapshot';
import type { Workspace } from './workspace/workspace';

/** Where an analysis sends what it finds. */
interface AnalysisOutput {
  publishDiagnostics(uri: string, diagnostics: Diagnostic[]): void;
  publishTests(notice: TestsNotice): void;
  /** Results changed, so that what shows them must be asked for anew. */
  resultsChanged(): void;
  /** Something failed that never should. */
  log(error: unknown): void;
}

/** The source of a file's diagnostics. */
interface Shown {
  readonly issues: readonly PolicyIssue[];
  readonly outcome: SuiteOutcome | undefined;
}

const none: readonly PolicyIssue[] = [];

/** How long edits may keep coming before the first is analyzed, and how long a pause ends the waiting; milliseconds. */
const longestWait = 250;
const pause = 20;
/** Tests that run within this many milliseconds come with the diagnostics, later ones after them. */
const together = 40;

/**
 * Keeps diagnostics and results of tests current: waits for a pause in the edits, then checks and tests what they
 * touched, in slices, and starts over when there are more.
 */
export class Analysis {
  readonly #workspace: Workspace;
  readonly #output: AnalysisOutput;
  readonly #results = new Map<string, SetResults>();
  readonly #analyzed = new Map<string, PolicySetSnapshot>();
  /** The source of the published diagnostics, by the set's root and the file's path in it. */
  readonly #shown = new Map<string, Map<string, Shown>>();
  readonly #published = new Map<string, string>();
  readonly #reported = new Map<string, SuiteOutcome>();
  #timer: NodeJS.Timeout | undefined;
  #waitingSince: number | undefined;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(workspace: Workspace, output: AnalysisOutput) {
    this.#workspace = workspace;
    this.#output = output;
  }

  /** The latest results of a set. */
  results(root: string): SetResults {
    return this.#results.get(root) ?? noResults;
  }

  /** Something changed. */
  touch(): void {
    const now = performance.now();
    this.#waitingSince ??= now;
    clearTimeout(this.#timer);
    const wait = Math.min(pause, Math.max(0, this.#waitingSince + longestWait - now));
    this.#timer = setTimeout(() => void this.#start(), wait);
  }

  /** Resolves when everything that changed so far is analyzed. */
  async settled(): Promise<void> {
    while (this.#waitingSince !== undefined || this.#running !== undefined) {
      if (this.#running === undefined) {
        void this.#start();
      }
      await this.#running;
    }
  }

  /**
   * Runs suites anew, whether or not anything changed: all, one, or some of one's tests. Ends early when asked to.
   * @returns what came out
   */
  async rerun({ uri, tests }: RunTestsParams, isCancelled: () => boolean): Promise<readonly SuiteReport[]> {
    await this.settled();
    const snapshot = this.#workspace.snapshot();
    const wanted = uri === undefined ? undefined : pathOfUri(uri);
    const reports: SuiteReport[] = [];
    for (const set of snapshot.sets.values()) {
      for (const path of this.results(set.root).keys()) {
        if (wanted !== undefined && set.absolute(path) !== wanted) {
          continue;
        }
        const outcome = await this.#rerunSuite(set, path, tests, isCancelled);
        if (isCancelled()) {
          return reports;
        }
        const report = outcome && reportSuite(set, path, outcome);
        if (report !== undefined) {
          reports.push(report);
        }
      }
    }
    return reports;
  }

  /**
   * Runs tests and measures how much of their policies they exercise.
   * @returns nothing if `isCancelled` becomes true
   */
  async coverage(
    wanted: readonly RunTestsParams[],
    isCancelled: () => boolean,
  ): Promise<readonly PolicyCoverage[]> {
    await this.settled();
    const found: PolicyCoverage[] = [];
    for (const set of this.#workspace.snapshot().sets.values()) {
      const run = coverageOf(set, wanted);
      let step = run.next();
      while (step.done !== true) {
        await nextTurn();
        if (isCancelled()) {
          return [];
        }
        step = run.next();
      }
      found.push(...step.value);
    }
    return found;
  }

  async #rerunSuite(
    set: PolicySetSnapshot,
    path: string,
    tests: readonly number[] | undefined,
    isCancelled: () => boolean,
  ): Promise<SuiteOutcome | undefined> {
    const run = rerun(set, path, this.results(set.root).get(path), tests);
    for (;;) {
      const step = run.next();
      if (step.done !== true) {
        // Edits and the wish to stop come in between.
        await nextTurn();
        if (isCancelled()) {
          return undefined;
        }
        continue;
      }
      const outcome = step.value;
      // After an edit meanwhile, what counts is the analysis of that.
      if (outcome !== undefined && this.#analyzed.get(set.root) === set) {
        this.#results.set(set.root, new Map(this.results(set.root)).set(path, outcome));
        this.#publish(set, this.results(set.root));
      }
      return outcome;
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#waitingSince = undefined;
  }

  async #start(): Promise<void> {
    clearTimeout(this.#timer);
    this.#waitingSince = undefined;
    if (this.#running !== undefined) {
      this.#again = true;
      return;
    }
    this.#running = this.#analyze().catch((error: unknown) => this.#output.log(error));
    await this.#running;
    this.#running = undefined;
    if (this.#again) {
      this.#again = false;
      await this.#start();
    }
  }

  async #analyze(): Promise<void> {
    const snapshot = this.#workspace.snapshot();
    let changed = this.#forgetGone(snapshot);
    for (const [root, set] of snapshot.sets) {
      if (this.#analyzed.get(root) === set) {
        continue;
      }
      try {
        const finished = await this.#analyzeSet(root, set);
        if (!finished) {
          return;
        }
      } catch (error) {
        // One set must not silence the others; it is tried again after its next edit.
        this.#output.log(error);
        this.#analyzed.set(root, set);
      }
      changed = true;
    }
    if (changed) {
      this.#report(snapshot);
    }
  }

  /** @returns false if there are newer edits, which make the rest moot. */
  async #analyzeSet(root: string, set: PolicySetSnapshot): Promise<boolean> {
    const before = this.results(root);
    const outcomes = new Map<string, SuiteOutcome>();
    const run = runStale(set, before, outcomes);
    let started = performance.now();
    // Mistakes are told before the set is compiled once more without them.
    let announced = set.compiled.set === undefined;
    if (announced) {
      this.#publish(set, onlyCurrent(before, set));
    }
    for (;;) {
      const step = run.next();
      if (step.done === true) {
        this.#results.set(root, step.value);
        break;
      }
      if (performance.now() - started < together) {
        continue;
      }
      if (!announced) {
        this.#publish(set, onlyCurrent(before, set));
      }
      announced = true;
      await nextTurn();
      if (this.#again || this.#workspace.isStale) {
        // What came out is kept: what the edit does not touch need not run again.
        this.#results.set(root, new Map([...before, ...outcomes]));
        this.#again = true;
        return false;
      }
      started = performance.now();
    }
    this.#analyzed.set(root, set);
    this.#publish(set, this.results(root));
    return true;
  }

  /** Tells the client about files whose diagnostics are not what it knows. */
  #publish(set: PolicySetSnapshot, results: SetResults): void {
    const shown = this.#shown.get(set.root) ?? new Map<string, Shown>();
    this.#shown.set(set.root, shown);
    for (const path of set.files.keys()) {
      const now: Shown = { issues: set.issues.get(path) ?? none, outcome: results.get(path) };
      const before = shown.get(path);
      if (before !== undefined && sameShown(before, now) && !dependsOnOthers(now)) {
        continue;
      }
      shown.set(path, now);
      const uri = uriOfPath(set.absolute(path));
      const found = diagnostics(set, path, results);
      const text = JSON.stringify(found);
      if (text === (this.#published.get(uri) ?? '[]')) {
        continue;
      }
      if (found.length === 0) {
        this.#published.delete(uri);
      } else {
        this.#published.set(uri, text);
      }
      this.#output.publishDiagnostics(uri, found);
    }
  }

  #forgetGone(snapshot: Snapshot): boolean {
    let changed = false;
    for (const [root, before] of this.#analyzed) {
      const set = snapshot.sets.get(root);
      if (set === before) {
        continue;
      }
      for (const path of before.files.keys()) {
        if (set?.files.has(path) === true) {
          continue;
        }
        this.#shown.get(root)?.delete(path);
        const uri = uriOfPath(before.absolute(path));
        if (snapshot.find(before.absolute(path)) === undefined && this.#published.delete(uri)) {
          this.#output.publishDiagnostics(uri, []);
        }
      }
      if (set !== undefined) {
        continue;
      }
      this.#analyzed.delete(root);
      this.#shown.delete(root);
      this.#results.delete(root);
      changed = true;
    }
    return changed;
  }

  /** Tells the client about suites that are new, gone, or came out differently. */
  #report(snapshot: Snapshot): void {
    const current = new Map<string, SuiteOutcome>();
    const changed: SuiteReport[] = [];
    for (const [root, set] of snapshot.sets) {
      for (const [path, outcome] of this.results(root)) {
        const uri = uriOfPath(set.absolute(path));
        current.set(uri, outcome);
        if (this.#reported.get(uri) === outcome) {
          continue;
        }
        const report = reportSuite(set, path, outcome);
        if (report !== undefined) {
          changed.push(report);
        }
      }
    }
    const removed = [...this.#reported.keys()].filter((uri) => !current.has(uri));
    this.#reported.clear();
    for (const [uri, outcome] of current) {
      this.#reported.set(uri, outcome);
    }
    if (changed.length === 0 && removed.length === 0) {
      return;
    }
    this.#output.publishTests({ changed, removed });
    this.#output.resultsChanged();
  }
}

function sameShown(a: Shown, b: Shown): boolean {
  return (
    a.outcome === b.outcome &&
    a.issues.length === b.issues.length &&
    a.issues.every((issue, at) => issue === b.issues[at])
  );
}

/** True if the diagnostics must be made again when another file changes. */
function dependsOnOthers({ issues, outcome }: Shown): boolean {
  if (outcome !== undefined && (outcome.result === undefined || outcome.result.error !== undefined)) {
    return true;
  }
  return issues.some(mayFollowFromOtherFile);
}

/** Results whose positions still fit the text. */
function onlyCurrent(results: SetResults, set: PolicySetSnapshot): SetResults {
  return new Map(
    [...results].filter(([path, { dependencies }]) => {
      const file = set.files.get(path);
      return file !== undefined && dependencies.objects.includes(file);
    }),
  );
}
