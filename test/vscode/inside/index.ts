import './activation';
import { runTests } from './runner';

/** The suite's entry, as VS Code's extension test contract wants it. */
export async function run(): Promise<void> {
  const file = process.env['GATEHOUSE_TEST_RESULTS'];
  if (file === undefined) {
    throw new Error('GATEHOUSE_TEST_RESULTS names no file for the results.');
  }
  await runTests(file);
}
