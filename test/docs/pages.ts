// The documentation as tests see it: pages, their sections, their code blocks, their links.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../tools';

/** A fenced code block. */
export interface CodeBlock {
  readonly page: string;
  /** 1-based line of the opening fence. */
  readonly line: number;
  /** The nearest `##` heading above, or the page's title. */
  readonly section: string;
  readonly language: string;
  readonly text: string;
}

/** A link to something in the repository. */
interface Link {
  readonly page: string;
  readonly line: number;
  /** Path relative to the page, `''` for the page itself. */
  readonly file: string;
  /** Without `#`; undefined where the link names none. */
  readonly anchor?: string;
}

/** Everything that is written for users, as paths from the repository's root. */
export function pages(): readonly string[] {
  const docs = readdirSync(path.join(root, 'docs')).filter((file) => file.endsWith('.md'));
  return ['README.md', 'CHANGELOG.md', 'demo/README.md', ...docs.map((file) => `docs/${file}`)];
}

/** The text of a page, with `\n` line ends. */
export function read(page: string): string {
  return readFileSync(path.join(root, page), 'utf8').replaceAll('\r\n', '\n');
}

/** The fenced code blocks of a page. */
export function codeBlocks(page: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let section = page;
  let open: { line: number; language: string; lines: string[] } | undefined;
  read(page)
    .split('\n')
    .forEach((text, index) => {
      const fence = /^```(\w*)/.exec(text);
      if (open !== undefined) {
        if (fence === null) {
          open.lines.push(text);
        } else {
          const { line, language, lines } = open;
          blocks.push({ page, line, section, language, text: `${lines.join('\n')}\n` });
          open = undefined;
        }
      } else if (fence !== null) {
        open = { line: index + 1, language: fence[1] ?? '', lines: [] };
      } else if (text.startsWith('## ')) {
        section = text.slice(3);
      }
    });
  if (open !== undefined) {
    throw new Error(`${page}:${open.line}: the code block is never closed.`);
  }
  return blocks;
}

/** The text outside of code blocks, line for line (lines in a block are empty). */
export function proseLines(page: string): readonly string[] {
  let inBlock = false;
  return read(page)
    .split('\n')
    .map((line) => {
      const fence = line.startsWith('```');
      const prose = !inBlock && !fence;
      if (fence) {
        inBlock = !inBlock;
      }
      return prose ? line : '';
    });
}

/** The links and pictures of a page that lead to the repository itself. */
export function links(page: string): readonly Link[] {
  return proseLines(page).flatMap((line, index) =>
    [...line.matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => match[1] ?? '')
      .filter((target) => !/^[a-z]+:/.test(target))
      .map((target) => {
        const [file = '', anchor] = target.split('#');
        return { page, line: index + 1, file, ...(anchor !== undefined && { anchor }) };
      }),
  );
}

/** The anchors that GitHub gives a page's headings. */
export function anchors(page: string): ReadonlySet<string> {
  return new Set(
    proseLines(page)
      .filter((line) => /^#+ /.test(line))
      .map((line) =>
        line
          .replace(/^#+ /, '')
          .toLowerCase()
          .replaceAll(/[^\p{Letter}\p{Number} _-]/gu, '')
          .replaceAll(' ', '-'),
      ),
  );
}
