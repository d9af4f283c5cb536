import { visibleLine, visibleText } from '../../protocol';
import type { AcceptanceReport, ReportedTool } from './report';

const longestDescription = 600;

/** A report for a terminal: whatever the server wrote is shown, nothing in it acts. */
export function reportText(report: AcceptanceReport): string {
  const { fingerprint, gone, instructionFlags, instructions, name, tools } = report;
  const lines = [
    `The server ${quoted(name)} (${fingerprint.slice(0, 12)}) offers ${tools.length} tools. All that follows is what it says of itself.`,
    '',
    ...tools.flatMap(toolLines),
    ...gone.map((tool) => `${visibleLine(tool)}: accepted before, not offered any more\n`),
  ];
  if (instructions !== undefined) {
    lines.push('Instructions to the model:', ...indented(instructions), ...instructionFlags.map(warning), '');
  }
  return lines.join('\n');
}

function toolLines(tool: ReportedTool): readonly string[] {
  const { description, flags, name, standing, title } = tool;
  const note = { new: '', unchanged: ' [as accepted before]', changed: ' [CHANGED since it was accepted]' }[
    standing
  ];
  return [
    `${visibleLine(name)}${title === undefined ? '' : ` (${visibleLine(title)})`}${note}`,
    `  ${claims(tool)}`,
    ...(description === undefined ? [] : indented(description)),
    ...flags.map(warning),
    '',
  ];
}

/** What a tool claims, in words; what it leaves open counts as the worst. */
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
  const bounded = text.length > longestDescription ? `${text.slice(0, longestDescription)}…` : text;
  return bounded.split(/\r?\n/).map((line) => `    ${visibleText(line)}`);
}

function warning(flag: string): string {
  return `  ! ${visibleLine(flag)}`;
}

function quoted(text: string): string {
  return `"${visibleLine(text)}"`;
}
