import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** The answer of `cerbos 0.55 repl` to an expression. */
export type ReplAnswer =
  | {
      readonly kind: 'value';
      /** JSON, or `<...>` for a value that has no JSON form. */ readonly json: string;
    }
  | { readonly kind: 'error'; readonly message: string }
  | {
      readonly kind: 'rejected';
      readonly issues: readonly { readonly column: number; readonly message: string }[];
    };

/** Where `cerbos 0.55` is: `CERBOS_BINARY`, or the place where the tests install their tools. */
function cerbosBinary(): string {
  const places = [
    process.env['CERBOS_BINARY'],
    resolve('.vscode-test/tools/node_modules/@cerbos/cerbos-linux-x64/cerbos-linux-x64'),
    resolve('node_modules/@cerbos/cerbos-linux-x64/cerbos-linux-x64'),
  ];
  const found = places.find((place) => place !== undefined && existsSync(place));
  if (found === undefined) {
    throw new Error(
      'The cerbos binary is not installed; set CERBOS_BINARY or install @cerbos/cerbos-linux-x64.',
    );
  }
  return found;
}

/** Asks `cerbos 0.55`'s `repl` about expressions, all in one process. Each must be one line. */
export async function askRepl(
  expressions: readonly string[],
  setup: readonly string[] = [],
): Promise<readonly ReplAnswer[]> {
  const repl = spawn(cerbosBinary(), ['repl'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  repl.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A blank line ends an expression whose brackets do not match; a marker tells answers apart.
  const lines = [...setup.map((line) => `${line}\n`), marker(0)];
  for (const [index, expression] of expressions.entries()) {
    if (/[\r\n]/.test(expression)) {
      throw new Error(`An expression for the repl must be one line: ${expression}`);
    }
    lines.push(`${expression}\n`, marker(index + 1));
  }
  repl.stdin.end(`${lines.join('\n')}\n:quit\n`);
  await new Promise((done, failed) => {
    repl.on('close', done);
    repl.on('error', failed);
  });
  const output = Buffer.concat(chunks).toString('utf8');
  return expressions.map((expression, index) => {
    const start = output.indexOf(shownMarker(index));
    const end = output.indexOf(shownMarker(index + 1));
    if (start < 0 || end < start) {
      throw new Error(`The repl gave no answer to: ${expression}`);
    }
    return parseAnswer(output.slice(start + shownMarker(index).length, end));
  });
}

function marker(index: number): string {
  return `"@@marker-${index}@@"\n`;
}

function shownMarker(index: number): string {
  return `_ = "@@marker-${index}@@"`;
}

function parseAnswer(output: string): ReplAnswer {
  // Prompts come before every line that was read, `->` or `>` for a line that goes on.
  const text = output.replace(/^(?:(?:-> )|(?:> )|\s)+/, '').replace(/(?:\s|(?:-> )|(?:^> ))+$/, '');
  const value = /^_ = ([\s\S]*)$/.exec(text);
  if (value) {
    return { kind: 'value', json: value[1]! };
  }
  const error = /^Error: Failed to process input\n ?([\s\S]*)$/.exec(text);
  if (error) {
    return { kind: 'error', message: error[1]! };
  }
  const issues = [...text.matchAll(/^ERROR: <input>:-?\d+:(\d+): (.*)$/gm)];
  if (issues.length === 0) {
    throw new Error(`The repl said something unexpected: ${JSON.stringify(output)}`);
  }
  return {
    kind: 'rejected',
    issues: issues.map((issue) => ({
      column: Number(issue[1]),
      message: issue[2]!.replace('%!_(MISSING)', '%_'),
    })),
  };
}
