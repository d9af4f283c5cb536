import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { test } from './runner';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

test('the extension activates', async () => {
  const extension = vscode.extensions.getExtension('gatehouse.gatehouse');
  assert.ok(extension, 'The extension is not there.');
  await extension.activate();
  assert.equal(extension.isActive, true);
});

test('every command of the manifest exists', async () => {
  const extension = vscode.extensions.getExtension<unknown>('gatehouse.gatehouse');
  assert.ok(extension, 'The extension is not there.');
  await extension.activate();
  const { contributes } = extension.packageJSON as Manifest;
  const existing = new Set(await vscode.commands.getCommands(true));
  const missing = contributes.commands.map(({ command }) => command).filter((id) => !existing.has(id));
  assert.deepEqual(missing, []);
});
