import { visibleLine, visibleText } from '../../protocol';
import type { AcceptanceReport, ReportedPart, ReportedTool } from './report';

/** More than that of one text is in the JSON only; the report says so. */
const longestText = 10_000;

/** A report for a terminal: whatever the server wrote is shown, nothing in it acts. */
export function reportText(report: AcceptanceReport): string {
  const {
    about,
    fingerprint,
    gone,
    instructionFlags,
    instructions,
    name,
    prompts,
    resourceTemplates,
    tools,
  } = report;
  const lines = [
    `The server ${quoted(name)} (${fingerprint.slice(0, 12)}) offers ${tools.length} tools. All that follows is what it says of itself, and all that an agent will be shown of it.`,
    '',
    ...tools.flatMap(toolLines),
    ...gone.map((tool) => `${visibleLine(tool)}: accepted before, not offered any more\n`),
    ...section('Prompts', prompts),
    ...section('Resource templates', resourceTemplates),
    ...section('The server', about.texts.length + about.changes.length > 0 ? [about] : []),
  ];
  if (instructions !== undefined) {
    lines.push('Instructions to the model:', ...indented(instructions), ...instructionFlags.map(warning), '');
  }
  return lines.join('\n');
}

function section(title: string, parts: readonly ReportedPart[]): readonly string[] {
  return parts.length === 0 ? [] : [`${title}:`, '', ...parts.flatMap(partLines)];
}

const notes = {
  new: '',
  unchanged: ' [as accepted before]',
  reworded: ' [says something else than was accepted]',
  changed: ' [CHANGED since it was accepted]',
} as const;

function toolLines(tool: ReportedTool): readonly string[] {
  const { description, name, standing, title } = tool;
  return [
    `${visibleLine(name)}${title === undefined ? '' : ` (${visibleLine(title)})`}${notes[standing]}`,
    `  ${claims(tool)}`,
    ...(description === undefined ? [] : indented(description)),
    ...detailLines(tool),
    '',
  ];
}

function partLines(part: ReportedPart): readonly string[] {
  return [`${visibleLine(part.name)}${notes[part.standing]}`, ...detailLines(part), ''];
}

function detailLines({ changes, flags, texts }: ReportedPart): readonly string[] {
  return [
    ...texts.flatMap(({ place, text }) => [`  ${visibleLine(place)}:`, ...indented(text)]),
    ...changes.flatMap(({ after, before, place }) => [
      `  ! ${visibleLine(place)} is not what was accepted`,
      ...(before === undefined ? [] : ['    accepted:', ...indented(before)]),
      ...(after === undefined ? ['    now: nothing'] : ['    now:', ...indented(after)]),
    ]),
    ...flags.map(warning),
  ];
}

/** The tool's claimed annotations in words. A missing hint counts as the worst case. */
function claims({ annotations = {} }: ReportedTool): string {
  const { destructiveHint, openWorldHint, readOnlyHint } = annotations;
  const effect =
    readOnlyHint === true
      ? 'says that it only reads'
      : destructiveHint === false
        ? 'changes things, says that it destroys nothing'
        : 'may change or destroy things';
  return openWorldHint === false ? effect : `${effect}; reaches the outside world`;
}

function indented(text: string): readonly string[] {
  const bounded =
    text.length > longestText
      ? `${text.slice(0, longestText)}…\n[${text.length - longestText} more characters: see --json]`
      : text;
  return bounded.split(/\r?\n/).map((line) => `    ${visibleText(line)}`);
}

function warning(flag: string): string {
  return `  ! ${visibleLine(flag)}`;
}

function quoted(text: string): string {
  return `"${visibleLine(text)}"`;
}
