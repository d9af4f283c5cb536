import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { errorCode } from '../../server/protocol';
import { excerpt, named } from '../approvals/visible-text';
import { diskFolders } from '../home';
import type { Acceptance } from './acceptance';
import { fixTwins } from './fix-twins';
import type { PickedServer } from './guarded-servers';
import { parseMcpConfig } from './mcp-config';
import { chosenServers, isSame, pickList } from './pick-list';
import type { PickEntry } from './pick-list';
import { unsupportedReason } from './resolve-definition';
import type { ServerStore } from './server-store';
import type { TwinWatcher } from './twin-watcher';

export interface GuardServersParts {
  readonly store: ServerStore;
  readonly acceptance: Acceptance;
  readonly twins: TwinWatcher;
}

/**
 * *Gatehouse: Guard MCP Servers…*: the person picks servers of `.vscode/mcp.json`, sees their tools, and is helped to
 * disable the originals. The file stays as it is; what was picked is kept as it is now, whatever becomes of the file.
 */
export async function guardServers({ acceptance, store, twins }: GuardServersParts): Promise<void> {
  const { t } = vscode.l10n;
  if (!vscode.workspace.isTrusted) {
    void vscode.window.showWarningMessage(t('Servers of this workspace can be guarded once you trust it.'));
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
  for (const server of servers.filter((each) => !before.some((old) => isSame(old, each)))) {
    const guarded = store.current.servers.find(
      ({ name, source }) => source === 'picked' && name === server.name,
    );
    accepted &&= guarded !== undefined && (await acceptance.review(guarded));
  }
  await twins.refresh();
  // Who has not accepted the tools would be left without a server that works.
  if (accepted && twins.twins.length > 0) {
    await fixTwins(twins);
  }
}

function item(entry: PickEntry): vscode.QuickPickItem & { readonly entry: PickEntry } {
  const { t } = vscode.l10n;
  const { definition, name } = entry.server;
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
    description: state,
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
  const texts = await Promise.all(
    diskFolders().map(async ({ fsPath }) => {
      try {
        return await readFile(join(fsPath, '.vscode', 'mcp.json'), 'utf8');
      } catch (error) {
        if (errorCode(error) === 'ENOENT') {
          return '';
        }
        throw error;
      }
    }),
  );
  const servers = texts
    .filter((text) => text !== '')
    .flatMap((text) => parseMcpConfig(text, ['servers']).servers);
  return servers.map(({ definition, name }) => ({ definition, name }));
}
