// What package.json and package.nls.json say of settings and commands, in the words that a user reads.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../tools';

interface Setting {
  readonly type: string;
  readonly default: unknown;
  readonly scope?: string;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly markdownDescription?: string;
}

interface Manifest {
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category?: string;
    }[];
    readonly configuration: readonly { readonly properties: Readonly<Record<string, Setting>> }[];
  };
}

const read = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8')) as unknown;
const manifest = read('package.json') as Manifest;
const words = read('package.nls.json') as Readonly<Record<string, string>>;

/** Replaces `%key%` by the words that it stands for. */
function worded(text: string): string {
  return text.replace(/^%(.+)%$/, (whole, key: string) => words[key] ?? whole);
}

/** The commands as the palette shows them: `Gatehouse: Show Log`. */
export function commandTitles(): readonly string[] {
  return manifest.contributes.commands.map(({ category, title }) =>
    category === undefined ? worded(title) : `${category}: ${worded(title)}`,
  );
}

const scopes: Readonly<Record<string, string>> = {
  application: 'in your user settings only',
  machine: 'in your user settings, or those of a remote machine',
  window: 'in your user settings or the workspace’s',
  resource: 'in your user settings, the workspace’s or a folder’s',
};

/** The section of docs/settings.md that tells of every setting. */
export function settingsSection(): string {
  const properties = manifest.contributes.configuration.flatMap((part) => Object.entries(part.properties));
  return `## Settings\n\n${properties.map(([name, setting]) => section(name, setting)).join('\n')}`;
}

function section(name: string, setting: Setting): string {
  const range =
    setting.minimum === undefined ? '' : `, from ${setting.minimum} to ${setting.maximum ?? 'any number'}`;
  const values = setting.enum?.map(
    (value, index) => `| \`${value}\` | ${worded(setting.enumDescriptions?.[index] ?? '')} |`,
  );
  return [
    `### \`${name}\``,
    '',
    worded(setting.markdownDescription ?? ''),
    '',
    ...(values === undefined ? [] : ['| value | |', '|---|---|', ...values, '']),
    `Default: \`${JSON.stringify(setting.default)}\` (${setting.type}${range}). Can be set ${scopes[setting.scope ?? 'window'] ?? ''}.`,
    '',
  ].join('\n');
}
