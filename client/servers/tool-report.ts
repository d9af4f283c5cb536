import type { TextChange } from '../../server/protocol';
import type { Translate } from '../translate';
import { excerpt, visible } from '../approvals/visible-text';

/** Something that a server offers, as it describes it: every text in it is a claim. */
export interface ClaimedPart {
  readonly name: string;
  /** Everything else that an agent would be shown of it, by its place. */
  readonly texts?: readonly { readonly place: string; readonly text: string }[];
  /** Suspicious traits: invisible characters, instructions to the model, … */
  readonly flags?: readonly string[];
  /** Against what was accepted before. */
  readonly standing?: 'new' | 'unchanged' | 'reworded' | 'changed';
  /** The texts that differ from the accepted ones. */
  readonly changes?: readonly TextChange[];
}

interface ClaimedTool extends ClaimedPart {
  readonly title?: string;
  readonly description?: string;
  readonly annotations?: {
    readonly readOnlyHint?: boolean;
    readonly destructiveHint?: boolean;
    readonly idempotentHint?: boolean;
    readonly openWorldHint?: boolean;
  };
}

/** The claims of a server about itself that a human is to accept. */
export interface ClaimedServer {
  readonly name: string;
  readonly instructions?: string;
  readonly instructionFlags?: readonly string[];
  /** Its other texts, such as its title. */
  readonly about?: ClaimedPart;
  readonly tools: readonly ClaimedTool[];
  readonly prompts?: readonly ClaimedPart[];
  readonly resourceTemplates?: readonly ClaimedPart[];
  /** Tools that were accepted before and are not offered any more. */
  readonly gone?: readonly string[];
}

/** Describes a tool's annotations. What it leaves open counts as the worst. */
export function claims({ annotations = {} }: ClaimedTool, t: Translate): string {
  const { destructiveHint, openWorldHint, readOnlyHint } = annotations;
  const effect =
    readOnlyHint === true
      ? t('says that it only reads')
      : destructiveHint === false
        ? t('changes things, says that it destroys nothing')
        : t('may change or destroy things');
  return openWorldHint === false ? effect : t('{0}; reaches the outside world', effect);
}

/** Warns of suspicious traits of a tool and, if it was accepted before, of changes. */
export function warnings({ flags = [], standing }: ClaimedPart, t: Translate): string[] {
  const changed = {
    new: [],
    unchanged: [],
    reworded: [t('says something else than you accepted')],
    changed: [t('changed since you accepted it')],
  }[standing ?? 'new'];
  return [...changed, ...flags];
}

/** The whole self-description as a plain text, for a read-only document. */
export function toolReport(server: ClaimedServer, t: Translate): string {
  const { about, gone = [], instructionFlags = [], instructions, name, tools } = server;
  const { prompts = [], resourceTemplates = [] } = server;
  const flagged = (texts: readonly string[]): string[] => texts.map((text) => `  ⚠ ${visible(text)}`);
  const paragraph = (text: string): string[] => text.split(/\r?\n/).map((line) => `    ${visible(line)}`);
  const details = ({ changes = [], texts = [] }: ClaimedPart): string[] => [
    ...texts.flatMap(({ place, text }) => [`  ${visible(place)}:`, ...paragraph(text)]),
    ...changes.flatMap(({ after, before, place }) => [
      `  ⚠ ${t('not what you accepted: {0}', visible(place))}`,
      ...(before === undefined ? [] : [`  ${t('accepted:')}`, ...paragraph(before)]),
      ...(after === undefined ? [`  ${t('now: nothing')}`] : [`  ${t('now:')}`, ...paragraph(after)]),
    ]),
  ];
  const section = (title: string, parts: readonly ClaimedPart[]): string[] =>
    parts.length === 0
      ? []
      : [
          title,
          '',
          ...parts.flatMap((part) => [
            excerpt(part.name, 128),
            ...flagged(warnings(part, t)),
            ...details(part),
            '',
          ]),
        ];
  return [
    t('What the server {0} says of its {1} tools', excerpt(name, 64), tools.length),
    // Two lines: the document's editor does not wrap.
    t('All of this is written by the server, and agents will read it.'),
    t('Accepting it means that its claims count; policies still decide.'),
    '',
    ...(instructions === undefined
      ? []
      : [t('Instructions to the model:'), ...flagged(instructionFlags), ...paragraph(instructions), '']),
    ...(about === undefined || (about.texts ?? []).length + (about.changes ?? []).length === 0
      ? []
      : [t('Of itself:'), ...flagged(warnings(about, t)), ...details(about), '']),
    ...(gone.length === 0
      ? []
      : [t('Not offered any more: {0}', gone.map((tool) => excerpt(tool, 128)).join(', ')), '']),
    ...tools.flatMap((tool) => [
      tool.title === undefined
        ? excerpt(tool.name, 128)
        : `${excerpt(tool.name, 128)} (${visible(tool.title)})`,
      `  ${claims(tool, t)}`,
      ...flagged(warnings(tool, t)),
      ...paragraph(tool.description ?? t('(no description)')),
      ...details(tool),
      '',
    ]),
    ...section(t('Prompts:'), prompts),
    ...section(t('Resource templates:'), resourceTemplates),
  ].join('\n');
}
