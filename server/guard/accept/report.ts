import { digestOfJson } from '../../protocol';
import type { AcceptedServer, JsonObject, JsonValue } from '../../protocol';
import { flagsOf, instructsModel, mentionsOf } from './flags';
import type { Flag } from './flags';
import type { ServerClaims } from './inspect';
import { pinnedPart, standingOf, toolDigest } from './pinning';

/** A tool as a human reads of it before accepting it; every text in it is the server's. */
export interface ReportedTool {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  /** As declared. */
  readonly annotations?: JsonObject;
  /** What to look at twice, in words, with the place. */
  readonly flags: readonly string[];
  /** Against what was accepted before. */
  readonly standing: 'new' | 'unchanged' | 'changed';
}

/** What a human accepts. */
export interface AcceptanceReport {
  readonly name: string;
  readonly fingerprint: string;
  /** Of everything that would be accepted. */
  readonly digest: string;
  readonly instructions?: string;
  readonly instructionFlags: readonly string[];
  readonly tools: readonly ReportedTool[];
  /** Tools that were accepted before and are not offered any more. */
  readonly gone: readonly string[];
}

const flagWords: Readonly<Record<Flag, string>> = {
  'invisible-characters': 'invisible characters',
  'escape-sequences': 'terminal escape sequences',
  'control-characters': 'control characters',
  'bidirectional-text': 'characters that change the direction of text',
  url: 'a URL',
};

/**
 * What a server's claims come to, for a human to read.
 * @param before what was accepted of this server, if anything
 * @param foreign the names of other servers' tools: a description has no business with them
 * @throws Error if two tools have one name, or one has none: such tools can't be told apart
 */
export function acceptanceReport(
  server: { readonly name: string; readonly fingerprint: string },
  { instructions, tools }: ServerClaims,
  before: AcceptedServer | undefined,
  foreign: readonly string[],
): AcceptanceReport {
  const names = tools.map(nameOf);
  const others = foreign.filter((name) => !names.includes(name));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new Error(`The server offers two tools named ${JSON.stringify(twice)}, which can't be told apart.`);
  }
  return {
    name: server.name,
    fingerprint: server.fingerprint,
    digest: digestOfJson({
      fingerprint: server.fingerprint,
      instructions,
      tools: Object.fromEntries(tools.map((tool) => [nameOf(tool), pinnedPart(tool)])),
    }),
    ...(instructions === '' ? {} : { instructions }),
    instructionFlags: textFlags(instructions, others),
    tools: tools.map((tool) => reported(tool, names, before, others)),
    gone: Object.keys(before?.tools ?? {}).filter((name) => !names.includes(name)),
  };
}

/** The record that a human accepts what was reported. */
export function acceptanceRecord(
  server: { readonly name: string; readonly fingerprint: string },
  { instructions, tools }: ServerClaims,
  who: { readonly by: string; readonly at: Date },
): AcceptedServer {
  return {
    version: 1,
    name: server.name,
    fingerprint: server.fingerprint,
    acceptedAt: who.at.toISOString(),
    by: who.by,
    instructionsDigest: digestOfJson(instructions),
    instructions,
    tools: Object.fromEntries(
      tools.map((definition) => [nameOf(definition), { digest: toolDigest(definition), definition }]),
    ),
  };
}

function reported(
  tool: JsonObject,
  names: readonly string[],
  before: AcceptedServer | undefined,
  foreign: readonly string[],
): ReportedTool {
  const { annotations, description, title } = tool;
  const name = nameOf(tool);
  const others = names.filter((other) => other !== name);
  const standing = standingOf(name, tool, before, others).kind;
  const flags = texts(pinnedPart(tool)).flatMap(({ place, text }) =>
    textFlags(text, foreign).map((flag) => `${flag} in ${place}`),
  );
  return {
    name,
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(isObject(annotations) ? { annotations } : {}),
    flags: [...new Set(flags)],
    standing: standing === 'unaccepted' ? 'new' : standing === 'changed' ? 'changed' : 'unchanged',
  };
}

function textFlags(text: string, foreign: readonly string[]): readonly string[] {
  const mentioned = mentionsOf(text, foreign);
  return [
    ...flagsOf(text).map((flag) => flagWords[flag]),
    ...(instructsModel(text) ? ['words that read like an instruction to the model'] : []),
    ...(mentioned.length > 0 ? [`a mention of another server's tool, ${mentioned.join(', ')},`] : []),
  ];
}

/** All strings of a definition with where they are, names of members included. */
function texts(value: JsonValue, place = ''): readonly { readonly place: string; readonly text: string }[] {
  if (typeof value === 'string') {
    return [{ place: place === '' ? 'the definition' : place, text: value }];
  }
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[]).flatMap((item, index) => texts(item, `${place}[${index}]`));
  }
  if (!isObject(value)) {
    return [];
  }
  return Object.entries(value).flatMap(([name, member]) => {
    const inner = place === '' ? name : `${place}.${name}`;
    // Schemas are full of `$schema` and `$ref`; those are no text that a model acts on.
    const own = flagsOf(name).length > 0 ? [{ place: inner, text: name }] : [];
    return name === '$schema' || name === '$ref' ? own : [...own, ...texts(member, inner)];
  });
}

function nameOf(tool: JsonObject): string {
  const { name } = tool;
  if (typeof name !== 'string' || name === '') {
    throw new Error('The server offers a tool without a name.');
  }
  return name;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
