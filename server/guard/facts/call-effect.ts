import type { JsonObject } from '../../protocol';
import { codeEvidence } from './code';
import { effectKinds } from './effect';
import type { CallEvidence, Effect, EffectKind, Evidence, Target } from './effect';
import { httpEvidence } from './http';
import { nameEvidence } from './name';
import type { NameEvidence } from './name';
import { selectingArguments } from './selecting-arguments';
import { sqlEvidence } from './sql/sql';

/** The hints that a person accepted, as the server declared them: what it did not declare is missing. */
export interface DeclaredHints {
  readonly readOnlyHint?: boolean;
  readonly destructiveHint?: boolean;
}

/** The properties of a tool call from which its effect is computed. */
interface EffectInput {
  readonly name: string;
  readonly title?: string;
  readonly declared: DeclaredHints;
  readonly args: JsonObject;
  /** Of the tool's accepted definition. */
  readonly inputSchema: JsonObject | undefined;
}

/** Kinds that leave everything as it is. */
const isRead = (kind: EffectKind): boolean => kind === 'read';

/** At most so many pieces of evidence and targets are given to policies and dialogs. */
const most = { evidence: 24, targets: 32 };

/**
 * The effect of a tool call, from all analysers. A claim of the server may make it graver; it makes it lighter only
 * where nothing else is known.
 */
export function callEffect({ args, declared, inputSchema, name, title }: EffectInput): Effect {
  const named = nameEvidence(name, title);
  const chosen = selectingArguments(args, inputSchema);
  const sql = sqlEvidence(name, args);
  const http = httpEvidence(args);
  const code = codeEvidence(args);
  const analysed = [chosen, sql, http, code].filter(({ evidence }) => evidence.length > 0);
  const own = [...stillNamed(named, analysed), ...analysed];
  const evidence = own.flatMap((one) => one.evidence);
  const claims = claimedEvidence(declared, evidence, analysed);
  const all = [...evidence, ...claims];
  const present = new Set(all.map(({ kind }) => kind));
  const kinds = effectKinds.filter((kind) => present.has(kind));
  const loses = own.some((one) => one.loses) || (declared.destructiveHint === true && !kinds.every(addsOnly));
  return {
    kinds,
    destructive: loses,
    recognised: evidence.length > 0,
    contradicts: declared.readOnlyHint === true && evidence.some(({ kind }) => !isRead(kind)),
    evidence: all.slice(0, most.evidence),
    targets: targetsOf([...own, http]),
  };
}

const addsOnly = (kind: EffectKind): boolean => kind === 'read' || kind === 'create';

/**
 * The name speaks of the tool, the arguments of this call: where they tell what this call does, a name that says no more
 * than that something is run or written is not counted. One that says worse than they do is.
 */
function stillNamed(named: NameEvidence, analysed: readonly CallEvidence[]): readonly CallEvidence[] {
  const told = analysed.some(({ covers }) => covers !== 'some');
  if (!told) {
    return [named];
  }
  const everything = analysed.some(({ covers }) => covers === 'all');
  const evidence = named.evidence.filter(
    ({ kind }) => !named.general && !isRead(kind) && !(everything && kind === 'execute'),
  );
  return evidence.length === 0 ? [] : [{ ...named, evidence }];
}

/** A claim of reading counts where there is no evidence; a claim of changing unless the arguments say that this call reads. */
function claimedEvidence(
  { destructiveHint, readOnlyHint }: DeclaredHints,
  evidence: readonly Evidence[],
  analysed: readonly CallEvidence[],
): readonly Evidence[] {
  if (readOnlyHint === true) {
    return evidence.length === 0 ? [claim('read', 'the server says that it only reads')] : [];
  }
  const told = analysed.some(({ covers }) => covers !== 'some');
  const claimsChange = readOnlyHint === false || destructiveHint === true;
  return claimsChange && !told && evidence.every(({ kind }) => isRead(kind))
    ? [claim('change', 'the server says that it changes something')]
    : [];
}

function claim(kind: EffectKind, text: string): Evidence {
  return { kind, from: 'annotation', text };
}

function targetsOf(evidence: readonly CallEvidence[]): readonly Target[] {
  const known = new Map(
    evidence.flatMap(({ targets }) => targets).map((target) => [`${target.type} ${target.name}`, target]),
  );
  return [...known.values()].slice(0, most.targets);
}
