import { parseArgs } from 'node:util';
import { parseTimestamp } from '../../cel';
import type { Timestamp } from '../../cel';
import type { CheckOptions } from '../../policy';
import { UsageError } from '../command';
import type { TokenVerification } from '../../policy/tokens';

/** The arguments of `gatehouse check`, parsed. */
export interface CheckArguments extends Omit<CheckOptions, 'now'> {
  /** A folder of policies, the URL of a decision point, or a bundle of Cerbos Hub. */
  readonly decider: Decider;
  readonly now: Timestamp | undefined;
  readonly explain: boolean;
  readonly tokens: TokenArguments;
}

export interface Decider {
  readonly kind: 'policies' | 'pdp' | 'bundle';
  readonly where: string;
}

/** How tokens are verified; key sets are still to be read. */
export interface TokenArguments extends Omit<TokenVerification, 'keySets'> {
  /** By their ids: files, or URLs. */
  readonly keySets: ReadonlyMap<string, string>;
  readonly optionalAlg: boolean;
  readonly optionalKid: boolean;
}

/**
 * Reads the command line.
 * @throws {UsageError}
 */
export function readOptions(args: readonly string[]): CheckArguments {
  const values = parse(args);
  const decider = deciderOf(values);
  const now = values.now === undefined ? undefined : parseTimestamp(values.now);
  if (values.now !== undefined && now === undefined) {
    throw new UsageError(
      `--now must be a time such as 2026-01-31T12:00:00Z, not ${JSON.stringify(values.now)}.`,
    );
  }
  return {
    decider,
    strictEvaluation: values['strict-evaluation'] === true,
    lenientScopeSearch: values['lenient-scope-search'] === true,
    schemaEnforcement: enforcementOf(values['schema-enforcement'] ?? 'none'),
    globals: globalsOf(values.globals),
    now,
    explain: values.explain === true,
    tokens: {
      keySets: keySetsOf(values['jwt-key-set'] ?? []),
      optionalAlg: values['jwt-optional-alg'] === true,
      optionalKid: values['jwt-optional-kid'] === true,
      disableVerification: values['jwt-disable-verification'] === true,
      acceptableTimeSkewSeconds: skewOf(values['jwt-time-skew'] ?? '0'),
    },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        policies: { type: 'string' },
        pdp: { type: 'string' },
        bundle: { type: 'string' },
        'strict-evaluation': { type: 'boolean' },
        'lenient-scope-search': { type: 'boolean' },
        'schema-enforcement': { type: 'string' },
        globals: { type: 'string' },
        now: { type: 'string' },
        explain: { type: 'boolean' },
        'jwt-key-set': { type: 'string', multiple: true },
        'jwt-optional-alg': { type: 'boolean' },
        'jwt-optional-kid': { type: 'boolean' },
        'jwt-disable-verification': { type: 'boolean' },
        'jwt-time-skew': { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function deciderOf(values: Readonly<Partial<Record<Decider['kind'], string>>>): Decider {
  const given = (['policies', 'pdp', 'bundle'] as const).flatMap((kind) => {
    const where = values[kind];
    return where === undefined || where === '' ? [] : [{ kind, where }];
  });
  const [decider, other] = given;
  if (!decider) {
    throw new UsageError('--policies is missing.');
  }
  if (other) {
    throw new UsageError(`--${decider.kind} and --${other.kind} exclude each other.`);
  }
  return decider;
}

function enforcementOf(mode: string): NonNullable<CheckOptions['schemaEnforcement']> {
  if (mode === 'none' || mode === 'warn' || mode === 'reject') {
    return mode;
  }
  throw new UsageError(`--schema-enforcement must be none, warn or reject, not ${JSON.stringify(mode)}.`);
}

function keySetsOf(texts: readonly string[]): ReadonlyMap<string, string> {
  const sets = new Map<string, string>();
  for (const text of texts) {
    const [id = '', ...source] = text.split('=');
    if (id === '' || source.join('=') === '') {
      throw new UsageError(`--jwt-key-set must be ID=FILE or ID=URL, not ${JSON.stringify(text)}.`);
    }
    if (sets.has(id)) {
      throw new UsageError(`--jwt-key-set names ${JSON.stringify(id)} twice.`);
    }
    sets.set(id, source.join('='));
  }
  return sets;
}

function skewOf(text: string): number {
  if (/^\d{1,6}$/.test(text)) {
    return Number(text);
  }
  throw new UsageError(`--jwt-time-skew must be a number of seconds, not ${JSON.stringify(text)}.`);
}

function globalsOf(text: string | undefined): NonNullable<CheckOptions['globals']> {
  if (text === undefined) {
    return {};
  }
  let globals: unknown;
  try {
    globals = JSON.parse(text);
  } catch (error) {
    throw new UsageError('--globals is not JSON.', { cause: error });
  }
  if (typeof globals !== 'object' || globals === null || Array.isArray(globals)) {
    throw new UsageError('--globals must be a JSON object.');
  }
  return globals as NonNullable<CheckOptions['globals']>;
}
