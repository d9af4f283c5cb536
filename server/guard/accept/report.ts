import { digestOfJson, isJsonObject } from '../../protocol';
import type { AcceptedServer, JsonObject, JsonValue, TextChange } from '../../protocol';
import { flagsOf, instructsModel, mentionsOf } from './flags';
import type { Flag } from './flags';
import type { ServerClaims } from './inspect';
import { memberOf, standingOf } from './pinning';
import { changesBetween, shapeOf } from './prose';

/** A text of a server's, with where it is. */
interface ReportedText {
  readonly place: string;
  readonly text: string;
}

/** Something that a server offers as a human reads of it before accepting it; every text in it is the server's. */
export interface ReportedPart {
  readonly name: string;
  /** Everything that an agent would be shown of it, beside what has a member of its own here. */
  readonly texts: readonly ReportedText[];
  /** Suspicious texts, in words, each with its place. */
  readonly flags: readonly string[];
  /** Against what was accepted before; `reworded` if only words differ, so that it goes on working meanwhile. */
  readonly standing: 'new' | 'unchanged' | 'reworded' | 'changed';
  /** Texts that differ from the accepted ones. */
  readonly changes: readonly TextChange[];
}

export interface ReportedTool extends ReportedPart {
  readonly title?: string;
  readonly description?: string;
  /** As declared. */
  readonly annotations?: JsonObject;
}

/** All that a human accepts of a server. */
export interface AcceptanceReport {
  readonly name: string;
  readonly fingerprint: string;
  /** Of everything that would be accepted. */
  readonly digest: string;
  readonly instructions?: string;
  readonly instructionFlags: readonly string[];
  /** The server's texts about itself besides its instructions. */
  readonly about: ReportedPart;
  readonly tools: readonly ReportedTool[];
  readonly prompts: readonly ReportedPart[];
  readonly resourceTemplates: readonly ReportedPart[];
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
 * Describes a server's claims for the human who accepts them.
 * @param before the server as it was accepted, if it was
 * @param foreign the names of other servers' tools: a description has no business with them
 * @throws Error if two tools have one name, or one has none: such tools can't be told apart
 */
export function acceptanceReport(
  server: { readonly name: string; readonly fingerprint: string },
  claims: ServerClaims,
  before: AcceptedServer | undefined,
  foreign: readonly string[],
): AcceptanceReport {
  const { about, prompts, resourceTemplates, tools } = claims;
  const names = tools.map(nameOf);
  const others = foreign.filter((name) => !names.includes(name));
  const record = acceptanceRecord(server, claims, { by: '', at: new Date(0) });
  const { instructions } = about;
  return {
    name: server.name,
    fingerprint: server.fingerprint,
    digest: digestOfJson({
      fingerprint: server.fingerprint,
      about,
      tools: record.tools,
      prompts: record.prompts,
      resourceTemplates: record.resourceTemplates,
    }),
    ...(typeof instructions === 'string' ? { instructions } : {}),
    instructionFlags: typeof instructions === 'string' ? textFlags(instructions, others) : [],
    about: reportedPart(server.name, about, before?.about, others, ['instructions']),
    tools: tools.map((tool) => reportedTool(tool, before, others)),
    prompts: prompts.map((prompt) =>
      reportedPart(nameOf(prompt), prompt, before && memberOf(before.prompts, nameOf(prompt)), others, [
        'name',
      ]),
    ),
    resourceTemplates: resourceTemplates.map((template) => {
      const key = templateOf(template);
      const accepted = before && memberOf(before.resourceTemplates, key);
      return reportedPart(key, template, accepted, others, ['uriTemplate']);
    }),
    gone: Object.keys(before?.tools ?? {}).filter((name) => !names.includes(name)),
  };
}

/**
 * The record that a human accepts what was reported.
 * @throws Error if two tools have one name, or one has none: such tools can't be told apart; so with the other lists
 */
export function acceptanceRecord(
  server: { readonly name: string; readonly fingerprint: string },
  { about, prompts, resourceTemplates, tools }: ServerClaims,
  who: { readonly by: string; readonly at: Date },
): AcceptedServer {
  return {
    version: 2,
    name: server.name,
    fingerprint: server.fingerprint,
    acceptedAt: who.at.toISOString(),
    by: who.by,
    about,
    tools: keyed(tools, nameOf, 'tools'),
    prompts: keyed(prompts, nameOf, 'prompts'),
    resourceTemplates: keyed(resourceTemplates, templateOf, 'resource templates'),
  };
}

function keyed(
  items: readonly JsonObject[],
  keyOf: (item: JsonObject) => string,
  what: string,
): Readonly<Record<string, JsonObject>> {
  const map = new Map<string, JsonObject>();
  for (const item of items) {
    const key = keyOf(item);
    if (map.has(key)) {
      throw new Error(
        `The server offers two ${what} named ${JSON.stringify(key)}, which can't be told apart.`,
      );
    }
    map.set(key, item);
  }
  return Object.fromEntries(map);
}

function reportedTool(
  tool: JsonObject,
  before: AcceptedServer | undefined,
  foreign: readonly string[],
): ReportedTool {
  const { annotations, description, title } = tool;
  const name = nameOf(tool);
  const standing = standingOf(name, tool, before);
  const accepted = standing.kind === 'unaccepted' ? undefined : standing.accepted;
  return {
    ...reportedPart(name, tool, accepted, foreign, ['name', 'title', 'description'], shapeOf(tool)),
    standing:
      standing.kind === 'unaccepted' ? 'new' : standing.kind === 'accepted' ? 'unchanged' : standing.kind,
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(isJsonObject(annotations) ? { annotations } : {}),
  };
}

/** @param shape what of the definition is no text for people and models */
function reportedPart(
  name: string,
  definition: JsonObject,
  accepted: JsonObject | undefined,
  foreign: readonly string[],
  shownApart: readonly string[],
  shape: JsonObject = {},
): ReportedPart {
  const changes = accepted === undefined ? [] : changesBetween(accepted, definition);
  const prose = changesBetween(shape, definition).flatMap(({ after, place }) =>
    after === undefined || shownApart.includes(place) ? [] : [{ place, text: after }],
  );
  const flags = texts(definition).flatMap(({ place, text }) =>
    textFlags(text, foreign).map((flag) => `${flag} in ${place}`),
  );
  return {
    name,
    texts: prose,
    flags: [...new Set(flags)],
    standing: accepted === undefined ? 'new' : changes.length === 0 ? 'unchanged' : 'reworded',
    changes,
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
  if (!isJsonObject(value)) {
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
    throw new Error('The server offers a tool or a prompt without a name.');
  }
  return name;
}

function templateOf({ uriTemplate }: JsonObject): string {
  if (typeof uriTemplate !== 'string' || uriTemplate === '') {
    throw new Error('The server offers a resource template without a uriTemplate.');
  }
  return uriTemplate;
}
