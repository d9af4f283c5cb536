import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { errorCode } from '../../server/protocol';
import { excerpt, named } from '../approvals/visible-text';
import { diskFolders } from '../home';
import type { Acceptance } from './acceptance';
import type { EntryRemoval } from './entry-removal';
import { fixTwins } from './fix-twins';
import type { PickedServer } from './guarded-servers';
import { parseMcpConfig } from './mcp-config';
import { chosenServers, isSame, pickList } from './pick-list';
import type { PickEntry } from './pick-list';
import { unsupportedReason } from './resolve-definition';
import type { ServerStore } from './server-store';
import type { TrustReminder } from './trust-reminder';
import type { TwinWatcher } from './twin-watcher';

interface GuardServersParts {
  readonly store: ServerStore;
  readonly acceptance: Acceptance;
  readonly twins: TwinWatcher;
  readonly removal: EntryRemoval;
  readonly trust: TrustReminder;
}

/**
 * *Gatehouse: Guard MCP Servers…*: the person picks servers of `.vscode/mcp.json`, sees their tools, and is helped to
 * disable the originals. The file stays as it is; what was picked is kept as it is now, whatever becomes of the file.
 */
export async function guardServers({
  acceptance,
  removal,
  store,
  trust,
  twins,
}: GuardServersParts): Promise<void> {
  const { t } = vscode.l10n;
  if (!vscode.workspace.isTrusted) {
    await trust.ask();
    return;
  }
  const configured = await configuredServers();
  const before = store.picked;
  const entries = pickList(configured, before);
  if (configured.length === 0 && entries.length === 0) {
    void vscode.window.showInformationMessage(
      t(
        'There are no servers in .vscode/mcp.json. You can also list servers in .gatehouse/mcp.json or ~/.gatehouse/mcp.json, then activate them.',
      ),
    );
    return;
  }
  const chosen = await vscode.window.showQuickPick(entries.map(item), {
    title: t('Which servers shall be guarded?'),
    placeHolder: unsupportedNote(configured) ?? t('Their file stays as it is.'),
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (chosen === undefined) {
    return;
  }
  const servers = chosenServers(chosen.map(({ entry }) => entry));
  await store.setPicked(servers);
  let accepted = true;
  const added = servers.filter((each) => !before.some((old) => isSame(old, each)));
  const guarded = store.current.servers.filter(
    (server) => server.source === 'picked' && added.some((each) => isSame(each, server)),
  );
  // Whatever becomes of the questions that follow, what is not answered is not forgotten.
  for (const server of guarded) {
    acceptance.expect(server);
  }
  for (const server of guarded) {
    accepted &&= await acceptance.review(server);
  }
  await twins.refresh();
  // Who has not accepted the tools would be left without a server that works.
  if (accepted && twins.twins.length > 0) {
    await fixTwins(twins, removal);
  }
}

function item(entry: PickEntry): vscode.QuickPickItem & { readonly entry: PickEntry } {
  const { t } = vscode.l10n;
  const { definition, folder, name } = entry.server;
  const folders = diskFolders();
  const from = folders.length > 1 ? folders.find(({ fsPath }) => fsPath === folder)?.name : undefined;
  const words = [
    definition['command'],
    ...(Array.isArray(definition['args']) ? (definition['args'] as readonly unknown[]) : []),
  ];
  const state = {
    guarded: t('guarded'),
    new: '',
    changed: t('$(warning) not what you guarded under this name'),
  }[entry.state];
  return {
    label: named(name),
    description: [from, state].filter((part) => part !== undefined && part !== '').join(' · '),
    detail: excerpt(words.map(String).join(' '), 160),
    picked: entry.state === 'guarded',
    entry,
  };
}

function unsupportedNote(configured: readonly PickedServer[]): string | undefined {
  const names = configured
    .filter(({ definition }) => unsupportedReason(definition) !== undefined)
    .map(({ name }) => named(name));
  return names.length === 0 ? undefined : vscode.l10n.t('Not supported yet: {0}', names.join(', '));
}

async function configuredServers(): Promise<PickedServer[]> {
  const found = await Promise.all(
    diskFolders().map(async ({ fsPath }) => {
      const { servers } = parseMcpConfig(await textOf(join(fsPath, '.vscode', 'mcp.json')), ['servers']);
      return servers.map(({ definition, name }) => ({ definition, name, folder: fsPath }));
    }),
  );
  return found.flat();
}

/** Empty if there is no such file. */
async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return '';
    }
    throw error;
  }
}
