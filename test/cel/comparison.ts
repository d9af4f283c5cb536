import { cerbosEnvironment, requestBindings, requestRecords } from '../../server/policy';
import type { RequestInput } from '../../server/policy';
import type { CelValue } from '../../server/cel/index';
import {
  CelMap,
  CelObject,
  codePoints,
  compile,
  Duration,
  formatValue,
  Optional,
  Timestamp,
  toJson,
  TypeValue,
  Uint,
} from '../../server/cel/index';
import type { ReplAnswer } from './cerbos-repl';

/** The request that expressions of the tests may read, given to both. */
export const request: RequestInput = {
  principal: {
    id: 'john',
    roles: ['employee', 'manager'],
    attr: {
      department: 'sales',
      level: 3,
      teams: ['a', 'b'],
      nested: { deep: { value: 'x' } },
      flag: true,
      none: null,
    },
    policyVersion: 'default',
  },
  resource: {
    kind: 'leave_request',
    id: 'XX1',
    attr: { owner: 'john', amount: 12.5, tags: ['x', 'y', 'z'], ip: '10.1.2.3', empty: {} },
    scope: 'acme.hr',
  },
};

/** The line that gives the repl the same request. It must not contain a slash, which the repl takes for a path's. */
export const requestLine = `:let request = ${JSON.stringify(request)}`;

const environment = cerbosEnvironment();
const bindings = requestBindings(requestRecords(request), {});

/** Evaluates an expression with this engine, and answers in the form of the repl. */
export function answer(source: string): ReplAnswer {
  const compilation = compile(source, environment);
  if (!compilation.program) {
    return {
      kind: 'rejected',
      issues: compilation.issues.map((issue) => ({
        column: codePoints(source.slice(0, issue.position)).length + 1,
        message: issue.message,
      })),
    };
  }
  const result = compilation.program.evaluate(bindings, { now: Timestamp.fromMillis(Date.now()) });
  switch (result.kind) {
    case 'value':
      return { kind: 'value', json: replJson(result.value) };
    case 'error':
      return { kind: 'error', message: result.message };
    case 'unknown':
      return { kind: 'error', message: 'unknown' };
  }
}

/** A value as the repl prints it: Go's JSON of the native value behind it. */
function replJson(value: CelValue): string {
  if (value instanceof Timestamp) {
    return formatValue(value).slice('timestamp('.length, -1);
  }
  if (value instanceof Duration) {
    return String(value.nanos);
  }
  if (value instanceof Uint) {
    return String(value.value);
  }
  if (value instanceof Optional) {
    return value.value === undefined ? 'null' : replJson(value.value);
  }
  if (value instanceof TypeValue) {
    return JSON.stringify(value.name);
  }
  if (value instanceof CelMap) {
    return unprintable;
  }
  if (value instanceof CelObject) {
    const json = toJson(value);
    return json === undefined ? unprintable : JSON.stringify(json);
  }
  if (value instanceof Uint8Array) {
    return JSON.stringify(toJson(value));
  }
  if (Array.isArray(value)) {
    // The repl shows Go's structures for types, and for optionals if one of them holds nothing.
    const structures = value.includes(Optional.none);
    const elements = value.map((element: CelValue) =>
      (structures && element instanceof Optional) || element instanceof TypeValue ? '{}' : replJson(element),
    );
    return elements.includes(unprintable) ? unprintable : `[${elements.join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value as Record<string, CelValue>).map(
      ([key, element]) => [key, replJson(element)] as const,
    );
    return entries.some(([, element]) => element === unprintable)
      ? unprintable
      : `{${entries.map(([key, element]) => `${JSON.stringify(key)}:${element}`).join(',')}}`;
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? (Object.is(value, -0) ? '-0' : String(value)) : unprintable;
  }
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

const unprintable = '<...>';

/** Why two answers differ, or undefined if they agree. */
export function difference(ours: ReplAnswer, theirs: ReplAnswer): string | undefined {
  const shown = `ours ${show(ours)}, cerbos ${show(theirs)}`;
  if (ours.kind !== theirs.kind) {
    return shown;
  }
  if (ours.kind === 'value' && theirs.kind === 'value') {
    // The repl cannot print a map that an expression made unless all of it is native to Go; then any value will do.
    // Of some values it shows Go's structure.
    const opaque = theirs.json === unprintable || /"Adapter": \{\}|"policy_version"/.test(theirs.json);
    const agree =
      opaque || ours.json === theirs.json || canonicalJson(ours.json) === canonicalJson(theirs.json);
    return agree ? undefined : shown;
  }
  if (ours.kind === 'error' && theirs.kind === 'error') {
    // A message that ends with an empty key is cut where the repl's output is.
    // Protobuf writes a space or U+00A0 behind its name, which differs from build to build.
    const theirMessage = theirs.message.replace('proto:\u00a0', 'proto: ');
    return ours.message.trim() === theirMessage.trim() ? undefined : shown;
  }
  if (ours.kind === 'rejected' && theirs.kind === 'rejected') {
    return rejectionsAgree(ours.issues, theirs.issues) ? undefined : shown;
  }
  return undefined;
}

type Issues = Extract<ReplAnswer, { kind: 'rejected' }>['issues'];

/**
 * Checker messages must be the same, and at the same places. Of syntax errors the first must be at the same place:
 * how a parser goes on after one, and which tokens it names, is its own business.
 */
function rejectionsAgree(ours: Issues, theirs: Issues): boolean {
  const syntax = (issues: Issues): boolean => issues.some((issue) => isSyntax(issue.message));
  if (syntax(ours) || syntax(theirs)) {
    return syntax(ours) === syntax(theirs);
  }
  // The repl uses messages as formats of Go's Printf, which spoils those with a percent sign.
  const spoiled = theirs.some((issue) => issue.message.includes('%!'));
  const key = (issues: Issues): string =>
    issues
      .map(
        (issue) =>
          `${/limit exceeded|depth exceeded/.test(issue.message) ? '' : issue.column}:${spoiled ? '' : issue.message.replace(/_var\d+/g, '_var')}`,
      )
      .sort()
      .join('\n');
  return key(ours) === key(theirs);
}

function isSyntax(message: string): boolean {
  return /^(Syntax error|reserved identifier|unable to unescape|invalid unicode)/.test(message);
}

function show(answer: ReplAnswer): string {
  switch (answer.kind) {
    case 'value':
      return `= ${answer.json.replace(/\s+/g, ' ')}`;
    case 'error':
      return `error "${answer.message}"`;
    case 'rejected':
      return `rejected ${answer.issues.map((issue) => `${issue.column}: ${issue.message}`).join(' | ')}`;
  }
}

/** JSON with keys in order, and numbers in one spelling; integers of any size stay exact. */
function canonicalJson(json: string): string {
  if (json === unprintable) {
    return json;
  }
  // The repl prints a null that was computed as the number of protobuf's NULL_VALUE.
  const exact = json
    .replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
      token.startsWith('"')
        ? token
        : JSON.stringify(`#${/[.eE]/.test(token) ? String(Number(token)) : token}`),
    )
    .replace(/\bnull\b(?=(?:[^"]*"[^"]*")*[^"]*$)/g, '"#0"');
  return JSON.stringify(JSON.parse(exact), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
