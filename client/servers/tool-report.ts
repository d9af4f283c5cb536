import type { Translate } from '../translate';
import { excerpt, visible } from '../approvals/visible-text';

/** A tool as a server describes itself: every text in it is a claim. */
export interface ClaimedTool {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly annotations?: {
    readonly readOnlyHint?: boolean;
    readonly destructiveHint?: boolean;
    readonly idempotentHint?: boolean;
    readonly openWorldHint?: boolean;
  };
  /** What a person should look at twice: invisible characters, instructions to the model, … */
  readonly flags?: readonly string[];
  /** Against what was accepted before. */
  readonly standing?: 'new' | 'unchanged' | 'changed';
}

/** What a server says of itself before a human accepts it. */
export interface ClaimedServer {
  readonly name: string;
  readonly instructions?: string;
  readonly instructionFlags?: readonly string[];
  readonly tools: readonly ClaimedTool[];
  /** Tools that were accepted before and are not offered any more. */
  readonly gone?: readonly string[];
}

/** What a tool claims to do, in words; what it leaves open counts as the worst. */
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

/** What to look at twice, of a tool that was accepted before also whether it changed. */
export function warnings({ flags = [], standing }: ClaimedTool, t: Translate): string[] {
  return [...(standing === 'changed' ? [t('changed since you accepted it')] : []), ...flags];
}

/** The whole self-description as a plain text, for a read-only document. */
export function toolReport(server: ClaimedServer, t: Translate): string {
  const { gone = [], instructionFlags = [], instructions, name, tools } = server;
  const flagged = (texts: readonly string[]): string[] => texts.map((text) => `  ⚠ ${visible(text)}`);
  const paragraph = (text: string): string[] => text.split(/\r?\n/).map((line) => `    ${visible(line)}`);
  return [
    t('What the server {0} says of its {1} tools', excerpt(name, 64), tools.length),
    t(
      'All of this is written by the server. Accepting it means that its claims count; policies still decide.',
    ),
    '',
    ...(instructions === undefined
      ? []
      : [t('Instructions to the model:'), ...flagged(instructionFlags), ...paragraph(instructions), '']),
    ...(gone.length === 0
      ? []
      : [t('Not offered any more: {0}', gone.map((tool) => excerpt(tool, 128)).join(', ')), '']),
    ...tools.flatMap((tool) => [
      excerpt(tool.name, 128),
      `  ${claims(tool, t)}`,
      ...flagged(warnings(tool, t)),
      ...paragraph(tool.description ?? t('(no description)')),
      '',
    ]),
  ].join('\n');
}
