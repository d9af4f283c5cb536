import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeBlocks } from '../docs/pages';
import { root } from '../tools';
import { cerbosCompile, gatehouseCompile, testedActions } from './compile';

describe("the request model's example", () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-example-'));
    const blocks = codeBlocks('docs/request-model.md').filter(
      ({ section }) => section === 'Allow, ask, deny',
    );
    const example = blocks.find(({ language }) => language === 'yaml');
    writeFileSync(path.join(directory, 'mcp_tool.yaml'), example?.text ?? '');
    copyFileSync(
      path.join(root, 'test/policies/testdata/request-model_test.yaml'),
      path.join(directory, 'example_test.yaml'),
    );
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test('the example behaves as its page says under cerbos 0.55', async () => {
    const { exitCode, output, stderr } = await cerbosCompile(directory);
    expect(exitCode, stderr).toBe(0);
    expect(testedActions(output)).toHaveLength(19);
  });

  test('the example behaves as its page says under Gatehouse', async () => {
    const compile = await gatehouseCompile();
    const { exitCode, output, stderr } = await compile(directory);
    expect(exitCode, stderr).toBe(0);
    expect(output).toEqual((await cerbosCompile(directory)).output);
  });
});
