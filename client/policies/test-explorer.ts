import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { coverageRequest, runTestsRequest, testsNotice } from '../../server/protocol';
import type { RunTestsParams, SuiteReport, TestFailure, TestReport } from '../../server/protocol';
import { CoverageDetails } from './coverage-details';
import { rangeOf } from './ranges';

/**
 * The test suites of policies in VS Code's Test Explorer. Results are kept current by the language server, which runs
 * what an edit touches; running by hand runs a suite anew.
 */
export class TestExplorer implements vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #controller: vscode.TestController;
  readonly #profile: vscode.TestRunProfile;
  readonly #listener: vscode.Disposable;
  readonly #coverage = new CoverageDetails();

  constructor(client: LanguageClient) {
    this.#client = client;
    this.#controller = vscode.tests.createTestController('gatehouse.policies', vscode.l10n.t('Policies'));
    this.#profile = this.#controller.createRunProfile(
      vscode.l10n.t('Run'),
      vscode.TestRunProfileKind.Run,
      (request) => this.#run(request),
      true,
    );
    const coverage = this.#controller.createRunProfile(
      vscode.l10n.t('Run with Coverage'),
      vscode.TestRunProfileKind.Coverage,
      (request) => this.#run(request),
      true,
    );
    coverage.loadDetailedCoverage = (_, file) => Promise.resolve(this.#coverage.details(file));
    this.#listener = client.onNotification(testsNotice, ({ changed, removed }) => {
      for (const uri of removed) {
        this.#controller.items.delete(uri);
      }
      for (const report of changed) {
        this.#place(report);
      }
      this.#showCurrent(changed);
    });
  }

  /** Runs tests, a suite, or all, as the button in the Test Explorer does. */
  async run({ uri, tests }: RunTestsParams): Promise<void> {
    const suite = uri === undefined ? undefined : this.#find(uri);
    const items = suite && tests?.flatMap((at) => suite.children.get(testId(suite.id, at)) ?? []);
    const include = items ?? (suite === undefined ? undefined : [suite]);
    await this.#run(new vscode.TestRunRequest(include, undefined, this.#profile));
  }

  dispose(): void {
    this.#listener.dispose();
    this.#controller.dispose();
  }

  async #run(request: vscode.TestRunRequest): Promise<void> {
    const run = this.#controller.createTestRun(request);
    // The run's own token is also there for runs that a code lens began.
    const { token } = run;
    const wanted = new Set((request.include ?? itemsOf(this.#controller.items)).flatMap(leavesOf));
    for (const item of request.exclude ?? []) {
      for (const leaf of leavesOf(item)) {
        wanted.delete(leaf);
      }
    }
    for (const leaf of wanted) {
      run.started(leaf);
    }
    const requests = this.#requests(wanted);
    try {
      for (const params of requests) {
        if (token.isCancellationRequested) {
          break;
        }
        const reports = await this.#client.sendRequest(runTestsRequest, params, token);
        for (const report of reports) {
          this.#record(run, report, wanted);
        }
      }
      if (request.profile?.kind === vscode.TestRunProfileKind.Coverage) {
        await this.#measure(run, requests);
      }
    } catch (error) {
      // What was not tried is shown as before.
      if (!token.isCancellationRequested) {
        throw error;
      }
    } finally {
      run.end();
    }
  }

  /** Adds what tests exercise of their policies to a run of them. */
  async #measure(run: vscode.TestRun, tests: readonly RunTestsParams[]): Promise<void> {
    const files = await this.#client.sendRequest(coverageRequest, tests, run.token);
    for (const { uri, rules } of files) {
      run.addCoverage(this.#coverage.file(this.#client.protocol2CodeConverter.asUri(uri), rules));
    }
  }

  /** The requests to the server that run all wanted tests and few others. */
  #requests(wanted: ReadonlySet<vscode.TestItem>): readonly RunTestsParams[] {
    const suites = new Set([...wanted].map((leaf) => leaf.parent ?? leaf));
    const whole = (suite: vscode.TestItem): boolean => leavesOf(suite).every((leaf) => wanted.has(leaf));
    if (suites.size === this.#controller.items.size && [...suites].every(whole)) {
      return [{}];
    }
    return [...suites].map((suite) => {
      if (whole(suite)) {
        return { uri: suite.id };
      }
      const tests = leavesOf(suite).flatMap((leaf) => (wanted.has(leaf) ? [placeOf(leaf)] : []));
      return { uri: suite.id, tests };
    });
  }

  /** Shows results that came by themselves. Like a continuous run, they neither take the focus nor open anything. */
  #showCurrent(reports: readonly SuiteReport[]): void {
    const items = reports.flatMap(({ uri }) => this.#find(uri) ?? []);
    if (items.length === 0) {
      return;
    }
    const request = new vscode.TestRunRequest(items, undefined, this.#profile, true, true);
    const run = this.#controller.createTestRun(request, undefined, false);
    const all = new Set(items.flatMap(leavesOf));
    for (const report of reports) {
      this.#record(run, report, all);
    }
    run.end();
  }

  /** Puts a suite and its tests into the tree, or renews them. */
  #place(report: SuiteReport): void {
    const uri = this.#client.protocol2CodeConverter.asUri(report.uri);
    const suite = this.#find(report.uri) ?? this.#controller.createTestItem(report.uri, report.name, uri);
    suite.label = report.name;
    suite.description = vscode.workspace.asRelativePath(uri);
    suite.range = rangeOf(report.range);
    suite.error = report.outcome === 'blocked' ? report.error : undefined;
    suite.children.replace(
      report.tests.map((test, at) => {
        // The item that is there keeps the results of a run that is under way.
        const id = testId(report.uri, at);
        const item = suite.children.get(id) ?? this.#controller.createTestItem(id, test.name, uri);
        item.label = test.name;
        item.range = rangeOf(test.range);
        item.sortText = String(at).padStart(5, '0');
        return item;
      }),
    );
    this.#controller.items.add(suite);
  }

  #record(run: vscode.TestRun, report: SuiteReport, wanted: ReadonlySet<vscode.TestItem>): void {
    const suite = this.#find(report.uri);
    if (suite === undefined) {
      return;
    }
    if (report.tests.length === 0 && wanted.has(suite)) {
      if (report.error === undefined) {
        run.skipped(suite);
      } else {
        run.errored(suite, new vscode.TestMessage(report.error));
      }
    }
    report.tests.forEach((test, at) => {
      const item = suite.children.get(testId(report.uri, at));
      if (item !== undefined && wanted.has(item)) {
        this.#recordTest(run, item, test, report);
      }
    });
  }

  #recordTest(run: vscode.TestRun, item: vscode.TestItem, test: TestReport, suite: SuiteReport): void {
    switch (test.outcome) {
      case 'passed':
        run.passed(item);
        break;
      case 'skipped':
        run.skipped(item);
        break;
      case 'failed':
        run.failed(item, this.#messages(test, suite));
        break;
      case 'errored':
        run.errored(item, this.#messages(test, suite));
        break;
      // The mistake is marked where it is, in a policy; here it would only make noise while somebody types.
      case 'blocked':
        run.skipped(item);
        break;
    }
  }

  #messages({ failures }: TestReport, { uri, error }: SuiteReport): vscode.TestMessage[] {
    if (failures.length === 0 && error !== undefined) {
      return [new vscode.TestMessage(error)];
    }
    const file = this.#client.protocol2CodeConverter.asUri(uri);
    return failures.map((failure) => {
      const message = messageOf(failure);
      message.location = new vscode.Location(file, rangeOf(failure.range));
      return message;
    });
  }

  /** A suite's item, whichever way its URI is written. */
  #find(uri: string): vscode.TestItem | undefined {
    return (
      this.#controller.items.get(uri) ??
      itemsOf(this.#controller.items).find(
        (item) => item.uri?.toString() === this.#client.protocol2CodeConverter.asUri(uri).toString(),
      )
    );
  }
}

function messageOf({ message, expected, actual }: TestFailure): vscode.TestMessage {
  return expected !== undefined && actual !== undefined
    ? vscode.TestMessage.diff(message, expected, actual)
    : new vscode.TestMessage(message);
}

function testId(suite: string, at: number): string {
  return `${suite}#${at}`;
}

/** A test's place in its suite, counted from 0. */
function placeOf({ id }: vscode.TestItem): number {
  return Number(id.slice(id.lastIndexOf('#') + 1));
}

function itemsOf(collection: vscode.TestItemCollection): vscode.TestItem[] {
  return [...collection].map(([, item]) => item);
}

/** The tests of a suite, itself if it has none; a test is its own. */
function leavesOf(item: vscode.TestItem): vscode.TestItem[] {
  return item.children.size === 0 ? [item] : itemsOf(item.children);
}
