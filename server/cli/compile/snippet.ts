const around = 3;

/** The lines around a place, with the line marked and a caret below it, as the `cerbos` binary prints them. */
export function snippet(text: string, line: number, column: number): string {
  const lines = text.split(/\r?\n/);
  const shown: string[] = [];
  for (let number = Math.max(1, line - around); number <= Math.min(lines.length, line + around); number++) {
    const content = lines[number - 1] ?? '';
    if (number === lines.length && content === '' && number > line) {
      break;
    }
    shown.push(`${number === line ? '>' : ' '}${String(number).padStart(3)} | ${content}`);
    if (number === line) {
      shown.push(`${' '.repeat(7 + column - 1)}^`);
    }
  }
  return shown.join('\n');
}
