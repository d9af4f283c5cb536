import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { cerbosCompile } from '../policies/compile';
import { root } from '../tools';
import { anchors, type CodeBlock, codeBlocks, links, pages } from './pages';

/** The path that a YAML block says it is, in its first line: `# folder/file.yaml`. */
function pathOf(block: CodeBlock): string | undefined {
  return /^# ([\w.-]+(?:\/[\w.-]+)+\.yaml)\n/.exec(block.text)?.[1];
}

const where = ({ page, line }: { page: string; line: number }): string => `${page}:${line}`;
const all = pages().flatMap(codeBlocks);
const yaml = all.filter(({ language }) => language === 'yaml');

describe('YAML in the documentation', () => {
  test('there is some, and each block says what it is', () => {
    expect(yaml.length).toBeGreaterThan(5);
    const unnamed = yaml.filter(
      (block) => pathOf(block) === undefined && !block.text.startsWith('# request\n'),
    );
    expect(unnamed.map(where)).toEqual([]);
  });

  const directories = new Map<string, CodeBlock[]>();
  for (const block of yaml) {
    const file = pathOf(block);
    if (file === undefined) {
      continue;
    }
    // Blocks of one section with the same first folder are one directory of policies.
    const directory = `${block.page}, ${block.section}: ${file.split('/')[0] ?? ''}`;
    directories.set(directory, [...(directories.get(directory) ?? []), block]);
  }

  test.each([...directories])('the YAML at %s compiles under cerbos 0.55', async (_, blocks) => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-docs-'));
    try {
      for (const block of blocks) {
        const [, ...rest] = (pathOf(block) ?? '').split('/');
        const file = path.join(directory, ...rest);
        expect(existsSync(file), `${where(block)}: two blocks are the same file`).toBe(false);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, block.text);
      }
      const { exitCode, output, stderr } = await cerbosCompile(directory);
      expect(exitCode, `${stderr}\n${JSON.stringify(output)}`).toBe(0);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('requests are requests', () => {
    const requests = yaml
      .filter(({ text }) => text.startsWith('# request\n'))
      .map(({ text }) => parse(text) as object);
    expect(requests.length).toBeGreaterThan(0);
    for (const request of requests) {
      expect(Object.keys(request)).toEqual(['principal', 'resource', 'actions']);
    }
  });
});

describe('JSON in the documentation', () => {
  const json = all.filter(({ language }) => language === 'json');
  test.each(json.map((block) => [where(block), block] as const))('the block at %s is JSON', (_, block) => {
    expect(() => JSON.parse(block.text) as unknown).not.toThrow();
  });
});

describe('links in the documentation', () => {
  test.each(pages())('every link of %s leads to something', (page) => {
    const broken = links(page).filter(({ file, anchor }) => {
      const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
      if (!existsSync(path.join(root, target))) {
        return true;
      }
      return anchor !== undefined && !anchors(target).has(anchor);
    });
    expect(broken.map((link) => `${where(link)} ${link.file}#${link.anchor ?? ''}`)).toEqual([]);
  });
});
