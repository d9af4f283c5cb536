import type { ApprovalAgent, ApprovalRequest, AskWording } from '../../server/protocol';
import type { Translate } from '../translate';
import { argumentLines, argumentSummary } from './argument-lines';
import { changeLines } from './change-lines';
import { pathLines } from './path-lines';
import { excerpt, named, quoted } from './visible-text';

/** The buttons of a dialog. Dismissing it is a `deny`. */
export type Choice =
  'deny' | 'details' | 'allow-once' | 'allow-with-bounds' | 'one-by-one' | 'allow-all-once';

/** One modal dialog. The first button has the focus and takes Enter, the second Cmd+D on macOS: neither may grant. */
export interface Question {
  readonly title: string;
  readonly detail: string;
  readonly buttons: readonly { readonly choice: Choice; readonly label: string }[];
}

/** Why the question is asked a second time. */
type Repeat = 'too-fast' | undefined;

const mostReasons = 4;

/** An agent for a headline: its name if that is known, else what it calls itself, in quotation marks. */
export function agentName(agent: ApprovalAgent, t: Translate): string {
  const name = agent.name ?? '';
  if (agent.verified && name !== '') {
    return excerpt(name, 64);
  }
  return name === '' ? t('an agent without a name') : t('an agent calling itself {0}', quoted(name, 48));
}

/** The agent for the beginning of a sentence. */
function agentSubject(agent: ApprovalAgent, t: Translate): string {
  const name = agent.name ?? '';
  if (agent.verified && name !== '') {
    return agentName(agent, t);
  }
  return name === '' ? t('An agent without a name') : t('An agent calling itself {0}', quoted(name, 48));
}

function origin(request: ApprovalRequest, t: Translate): string {
  return request.server.origin === 'user'
    ? t('{0} (from your own configuration)', named(request.server.name))
    : t("{0} (from this workspace's configuration)", named(request.server.name));
}

function reasonLines(request: ApprovalRequest, t: Translate): string[] {
  // The user's own policies and the built-in ones wrote these; their texts can still quote arguments.
  const rules = request.reasonRules ?? [];
  const own = request.reasons.slice(0, mostReasons).map((reason, index) => ({
    line: t('Why: {0}', excerpt(reason, 300)),
    rule: rules[index] ?? request.reasonFrom ?? '',
  }));
  const ruleLine = (rule: string): string => t('Rule: {0}', excerpt(rule, 120));
  // Reasons of one rule stand together, with its name behind the last of them.
  const lines = own.flatMap(({ line, rule }, index) =>
    rule === '' || own[index + 1]?.rule === rule ? [line] : [line, ruleLine(rule)],
  );
  const quotations = (request.workspaceReasons ?? [])
    .slice(0, mostReasons)
    .map((reason) => t("This workspace's policies say: {0}", quoted(reason)));
  const { reasonFrom } = request;
  const silent = reasonFrom !== undefined && !own.some(({ rule }) => rule === reasonFrom);
  if (own.length === 0) {
    lines.push(t('Why: your policies want a human to see this.'), ...(silent ? [ruleLine(reasonFrom)] : []));
  } else if (silent) {
    lines.push(t('Decided by the rule: {0}', excerpt(reasonFrom, 120)));
  }
  return [...lines, ...quotations];
}

/**
 * The user's own policy may word the question; since it can quote arguments, its words stand below the headline, which
 * nobody but Gatehouse writes.
 */
function wordingLines({ detail, title }: AskWording = {}): string[] {
  return [title, detail].filter((text) => text !== undefined).map((text) => excerpt(text, 300));
}

function repeatLines(repeat: Repeat, t: Translate): string[] {
  return repeat === 'too-fast'
    ? [t('Your answer came so fast that it may have been a stray key. Please answer again.'), '']
    : [];
}

/** The dialog about one call. */
export function questionAbout(request: ApprovalRequest, t: Translate, repeat?: Repeat): Question {
  const tool = named(request.tool.name);
  const title =
    request.tool.title === undefined || request.tool.title === request.tool.name
      ? tool
      : t('{0}, which the server calls {1}', tool, quoted(request.tool.title, 64));
  const detail = [
    ...repeatLines(repeat, t),
    ...wordingLines(request.ask),
    ...reasonLines(request, t),
    ...changeLines(request.changes ?? [], t),
    '',
    t('Server: {0}', origin(request, t)),
    t('Tool: {0}', title),
    ...argumentLines(request.arguments, t).map((line) => `  • ${line}`),
    ...pathLines(request.request, t).map((line) => `  → ${line}`),
    '',
    t('Asked by {0} for {1}.', agentName(request.agent, t), named(request.user.name)),
  ];
  return {
    title: t('{0} wants to use {1} of {2}', agentSubject(request.agent, t), tool, named(request.server.name)),
    detail: detail.join('\n'),
    buttons: [
      { choice: 'deny', label: t('Deny') },
      { choice: 'details', label: t('Details…') },
      { choice: 'allow-once', label: t('Allow once') },
      { choice: 'allow-with-bounds', label: t('Allow…') },
    ],
  };
}

/** The most calls that one dialog can show a line of each. */
const mostListed = 10;

/**
 * True if one yes may cover all of them: the same tool of the same server, asked for the same reason, few enough that
 * each is seen, and none with something cut that says what it affects.
 */
export function alike(requests: readonly ApprovalRequest[]): boolean {
  const kind = (request: ApprovalRequest): string =>
    JSON.stringify([
      request.level,
      request.server,
      request.tool.name,
      request.kind,
      request.reasons,
      request.reasonRules ?? [],
      request.reasonFrom ?? '',
      request.workspaceReasons ?? [],
      request.ask ?? {},
    ]);
  const [first] = requests;
  return (
    first !== undefined &&
    requests.length <= mostListed &&
    requests.every((request) => request.level === 1 && kind(request) === kind(first) && isShownWhole(request))
  );
}

/** A path out of the workspace is looked at by itself, with where it leads; so is what a server says otherwise. */
function isShownWhole({ arguments: args, changes, request }: ApprovalRequest): boolean {
  return (
    changes === undefined &&
    argumentSummary(args).complete &&
    pathLines(request, (message) => message).length === 0
  );
}

/** The dialog about several calls that wait, all of one agent. */
export function questionAboutSeveral(
  requests: readonly ApprovalRequest[],
  agent: ApprovalAgent,
  t: Translate,
  repeat?: Repeat,
): Question {
  const together = alike(requests);
  const [first] = requests;
  const lines = requests
    .slice(0, mostListed)
    .map(
      ({ server, tool, arguments: args }) =>
        `  • ${t('{0} of {1}', named(tool.name), named(server.name))}: ${argumentSummary(args).text}`,
    );
  const left = requests.length - lines.length;
  const detail = [
    ...repeatLines(repeat, t),
    ...(together && first !== undefined ? [...reasonLines(first, t), ''] : []),
    ...lines,
    ...(left > 0 ? [t('… and {0} more.', left)] : []),
    '',
    together
      ? t('“Allow all once” allows exactly these {0} calls, each once.', requests.length)
      : t('They differ or are too long to be shown whole, so they can be allowed only one by one.'),
  ];
  return {
    title: t('{0} wants to make {1} calls', agentSubject(agent, t), requests.length),
    detail: detail.join('\n'),
    buttons: [
      { choice: 'deny', label: t('Deny all') },
      { choice: 'details', label: t('Details…') },
      { choice: 'one-by-one', label: t('One by one…') },
      ...(together ? [{ choice: 'allow-all-once' as const, label: t('Allow all once') }] : []),
    ],
  };
}
