import { writeFile } from 'node:fs/promises';

/** The result of one test inside the extension host. */
export interface InsideResult {
  readonly name: string;
  /** The error's stack, if the test failed. */
  readonly error?: string;
}

interface Test {
  readonly name: string;
  readonly body: () => Promise<void> | void;
}

const tests: Test[] = [];

/** Declares a test that runs inside the extension host. */
export function test(name: string, body: Test['body']): void {
  tests.push({ name, body });
}

/** Runs the declared tests in order, and writes what came of them to `file` as JSON. */
export async function runTests(file: string): Promise<void> {
  const results: InsideResult[] = [];
  for (const { name, body } of tests) {
    results.push(await runTest(name, body));
  }
  await writeFile(file, JSON.stringify(results));
}

async function runTest(name: string, body: Test['body']): Promise<InsideResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('The test took longer than 180 s.')), 180_000);
  });
  try {
    await Promise.race([body(), late]);
    return { name };
  } catch (error) {
    return { name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
