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
}

/** What a server says of itself before a human accepts it. */
export interface ClaimedServer {
  readonly name: string;
  readonly instructions?: string;
  readonly tools: readonly ClaimedTool[];
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

/** The whole self-description as a plain text, for a read-only document. */
export function toolReport({ instructions, name, tools }: ClaimedServer, t: Translate): string {
  const paragraph = (text: string): string[] => text.split(/\r?\n/).map((line) => `    ${visible(line)}`);
  return [
    t('What the server {0} says of its {1} tools', excerpt(name, 64), tools.length),
    t(
      'All of this is written by the server. Accepting it means that its claims count; policies still decide.',
    ),
    '',
    ...(instructions === undefined ? [] : [t('Instructions to the model:'), ...paragraph(instructions), '']),
    ...tools.flatMap((tool) => [
      excerpt(tool.name, 128),
      `  ${claims(tool, t)}`,
      ...(tool.flags ?? []).map((flag) => `  ⚠ ${visible(flag)}`),
      ...paragraph(tool.description ?? t('(no description)')),
      '',
    ]),
  ].join('\n');
}
