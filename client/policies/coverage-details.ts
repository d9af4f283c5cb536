import * as vscode from 'vscode';
import type { CoveredRule } from '../../server/protocol';
import { rangeOf } from './ranges';

/**
 * Test coverage of policies in VS Code's terms: rules and derived roles are statements, and the values of their
 * conditions are branches.
 */
export class CoverageDetails {
  /** Kept as long as VS Code keeps the run. */
  readonly #details = new WeakMap<vscode.FileCoverage, vscode.FileCoverageDetail[]>();

  /** The sums of a file. */
  file(uri: vscode.Uri, rules: readonly CoveredRule[]): vscode.FileCoverage {
    const details = rules.map(statementOf);
    const coverage = vscode.FileCoverage.fromDetails(uri, details);
    this.#details.set(coverage, details);
    return coverage;
  }

  /** The parts that a file's sums were made from. */
  details(file: vscode.FileCoverage): vscode.FileCoverageDetail[] {
    return this.#details.get(file) ?? [];
  }
}

function statementOf({ range, count, branches }: CoveredRule): vscode.StatementCoverage {
  return new vscode.StatementCoverage(
    count,
    rangeOf(range),
    branches.map((branch) => new vscode.BranchCoverage(branch.count, rangeOf(branch.range), branch.label)),
  );
}
