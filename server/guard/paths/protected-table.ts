/** The files of one program that can make it run code or change its rules, with the documentation as the source. */
export interface ProtectedRow {
  readonly program: string;
  /** The power that an agent gains by writing there. */
  readonly what: string;
  /** The documentation's address; ours has none. */
  readonly source: string;
  /**
   * The last parts of paths, wherever they lie: a folder of the workspace may be opened as a workspace of its own, and
   * home folders have many places. `*` stands for one part, or for the beginning of one; a `/` at the end means the
   * folder and all that is in it.
   */
  readonly places: readonly string[];
}

const editors = ['Code', 'Code - Insiders', 'VSCodium', 'Cursor', 'Windsurf', 'Trae', 'Kiro'];
const extensionFolders = [
  '.vscode',
  '.vscode-insiders',
  '.vscode-oss',
  '.cursor',
  '.windsurf',
  '.trae',
  '.kiro',
];
const servers = [
  '.vscode-server',
  '.vscode-server-insiders',
  '.cursor-server',
  '.vscode-remote',
  '.windsurf-server',
];

/**
 * The files that agents and editors run or obey, by program, with which an agent could free itself. A call that names
 * one of these is denied, and no answer of a person and no grant lets it pass.
 */
export const protectedTable: readonly ProtectedRow[] = [
  {
    program: 'Gatehouse',
    what: 'policies, guarded servers, state',
    source: 'settings.md',
    places: ['.gatehouse/'],
  },
  {
    program: 'VS Code',
    what: 'settings, MCP servers, tasks and launch configurations that it runs, extensions',
    source: 'https://code.visualstudio.com/docs/configure/settings',
    places: [
      '.vscode/settings.json',
      '.vscode/mcp.json',
      '.vscode/tasks.json',
      '.vscode/launch.json',
      '*.code-workspace',
      ...editors.flatMap((name) => [
        `.config/${name}/User/`,
        `Application Support/${name}/User/`,
        `AppData/Roaming/${name}/User/`,
      ]),
      '.local/share/code-server/User/',
      '.local/share/code-server/extensions/',
      ...servers.flatMap((name) => [`${name}/data/`, `${name}/extensions/`]),
      ...extensionFolders.map((name) => `${name}/extensions/`),
    ],
  },
  {
    program: 'Development containers',
    what: 'commands that run on the host and in the container, mounts',
    source: 'https://containers.dev/implementors/spec/',
    places: ['.devcontainer/', '.devcontainer.json'],
  },
  {
    program: 'GitHub Copilot',
    what: 'hooks, agents, instructions, prompts, settings, MCP servers',
    source: 'https://code.visualstudio.com/docs/agent-customization/hooks',
    places: [
      '.github/hooks/',
      '.github/agents/',
      '.github/chatmodes/',
      '.github/instructions/',
      '.github/prompts/',
      '.github/copilot/',
      '.github/copilot-instructions.md',
      '.copilot/hooks/',
      '.copilot/agents/',
      '.copilot/instructions/',
      '.copilot/copilot-instructions.md',
      '.copilot/settings.json',
      '.copilot/config.json',
      '.copilot/mcp-config.json',
      '.config/github-copilot/intellij/mcp.json',
      '.local/share/github-copilot/intellij/mcp.json',
      'Application Support/github-copilot/intellij/mcp.json',
      'AppData/Local/github-copilot/intellij/mcp.json',
    ],
  },
  {
    program: 'Claude Code',
    what: 'settings with permissions and hooks, MCP servers, agents, commands, plug-ins',
    source: 'https://code.claude.com/docs/en/settings',
    places: [
      '.mcp.json',
      '.claude.json',
      '.claude/settings.json',
      '.claude/settings.local.json',
      '.claude/hooks/',
      '.claude/agents/',
      '.claude/commands/',
      '.claude/plugins/',
      '.claude-plugin/',
    ],
  },
  {
    program: 'Claude Desktop',
    what: 'MCP servers',
    source: 'https://modelcontextprotocol.io/docs/develop/connect-local-servers',
    places: ['claude_desktop_config.json'],
  },
  {
    program: 'Cursor',
    what: 'MCP servers, hooks, permissions of its command line, rules',
    source: 'https://docs.cursor.com/en/cli/reference/configuration',
    places: [
      '.cursor/mcp.json',
      '.cursor/permissions.json',
      '.cursor/hooks.json',
      '.cursor/hooks/',
      '.cursor/cli.json',
      '.cursor/cli-config.json',
      '.config/cursor/cli-config.json',
      '.cursor/rules/',
      '.cursor/commands/',
      '.cursor/agents/',
      '.cursor/environment.json',
      '.cursorrules',
    ],
  },
  {
    program: 'Codex',
    what: 'configuration with MCP servers, hooks, rules for commands, agents, prompts',
    source: 'https://learn.chatgpt.com/docs/hooks',
    places: [
      '.codex/config.toml',
      '.codex/*.config.toml',
      '.codex/hooks.json',
      '.codex/hooks/',
      '.codex/rules/',
      '.codex/policy/',
      '.codex/agents/',
      '.codex/prompts/',
      '.codex/requirements.toml',
    ],
  },
  {
    program: 'Gemini CLI',
    what: 'settings with hooks and MCP servers, extensions, commands, policies',
    source: 'https://geminicli.com/docs/extensions/reference',
    places: [
      '.gemini/settings.json',
      '.gemini/extensions/',
      '.gemini/commands/',
      '.gemini/policies/',
      '.gemini/hooks/',
      '.gemini/agents/',
      '.gemini/trustedFolders.json',
      'gemini-extension.json',
    ],
  },
  {
    program: 'Qwen Code',
    what: 'settings with hooks and MCP servers, extensions, commands',
    source: 'https://qwenlm.github.io/qwen-code-docs/en/users/configuration/settings',
    places: [
      '.qwen/settings.json',
      '.qwen/extensions/',
      '.qwen/commands/',
      '.qwen/agents/',
      '.qwen/hooks/',
      '.qwen/.env',
      'qwen-extension.json',
    ],
  },
  {
    program: 'opencode',
    what: 'configuration with MCP servers and permissions, plug-ins, agents',
    source: 'https://opencode.ai/docs/config/',
    places: ['opencode.json', 'opencode.jsonc', '.opencode/', '.config/opencode/'],
  },
  {
    program: 'Windsurf',
    what: 'MCP servers, hooks, rules, workflows',
    source: 'https://docs.windsurf.com/windsurf/cascade/hooks',
    places: [
      '.windsurf/mcp_config.json',
      '.windsurf/hooks.json',
      '.windsurf/rules/',
      '.windsurf/workflows/',
      '.windsurfrules',
      '.codeium/mcp_config.json',
      '.codeium/windsurf/mcp_config.json',
      '.codeium/windsurf/hooks.json',
      '.codeium/windsurf/memories/',
    ],
  },
  {
    program: 'Cline',
    what: 'rules, hooks, MCP servers, plug-ins, schedules',
    source: 'https://docs.cline.bot/getting-started/config',
    places: [
      '.clinerules/',
      '.cline/data/settings/',
      '.cline/data/workflows/',
      '.cline/rules/',
      '.cline/hooks/',
      '.cline/agents/',
      '.cline/plugins/',
      '.cline/cron/',
      'Documents/Cline/',
      'cline_mcp_settings.json',
    ],
  },
  {
    program: 'Roo Code',
    what: 'MCP servers, modes, rules, commands',
    source: 'https://docs.roocode.com/features/mcp/using-mcp-in-roo',
    places: ['.roo/', '.roomodes', '.roorules', 'mcp_settings.json'],
  },
  {
    program: 'Continue',
    what: 'configuration, MCP servers, rules',
    source: 'https://docs.continue.dev/customize/deep-dives/mcp',
    places: [
      '.continue/config.yaml',
      '.continue/config.json',
      '.continue/config.ts',
      '.continue/mcpServers/',
      '.continue/rules/',
      '.continue/agents/',
      '.continue/permissions.yaml',
      '.continuerc.json',
    ],
  },
  {
    program: 'Kiro',
    what: 'MCP servers, permissions, hooks, agents, steering',
    source: 'https://kiro.dev/docs/mcp/',
    places: ['.kiro/settings/', '.kiro/hooks/', '.kiro/agents/', '.kiro/steering/', '.kiro/powers/'],
  },
  {
    program: 'Amazon Q Developer',
    what: 'MCP servers, agents, rules',
    source: 'https://docs.aws.amazon.com/amazonq/latest/qdeveloper-ug/qdev-mcp.html',
    places: [
      '.amazonq/mcp.json',
      '.amazonq/default.json',
      '.amazonq/agents/',
      '.amazonq/cli-agents/',
      '.amazonq/rules/',
      '.aws/amazonq/mcp.json',
      '.aws/amazonq/default.json',
      '.aws/amazonq/agents/',
      '.aws/amazonq/cli-agents/',
    ],
  },
  {
    program: 'Factory',
    what: 'settings, MCP servers, hooks, droids, commands',
    source: 'https://docs.factory.ai/droid-cli/settings.md',
    places: [
      '.factory/mcp.json',
      '.factory/settings.json',
      '.factory/settings.local.json',
      '.factory/config.json',
      '.factory/hooks.json',
      '.factory/hooks/',
      '.factory/droids/',
      '.factory/commands/',
      '.droid.yaml',
    ],
  },
  {
    program: 'Augment',
    what: 'settings with hooks and MCP servers, rules, commands',
    source: 'https://docs.augmentcode.com/cli/integrations',
    places: [
      '.augment/settings.json',
      '.augment/settings.local.json',
      '.augment/rules/',
      '.augment/commands/',
      '.augment/agents/',
      '.augment-guidelines',
    ],
  },
  {
    program: 'Trae',
    what: 'MCP servers, settings, rules, agents',
    source: 'https://docs.trae.ai/ide/add-mcp-servers',
    places: [
      '.trae/mcp.json',
      '.trae/settings.json',
      '.trae/settings.local.json',
      '.trae/rules/',
      '.trae/agents/',
    ],
  },
  {
    program: 'Goose',
    what: 'configuration with extensions and permissions, hints, recipes',
    source: 'https://block.github.io/goose/docs/guides/config-files',
    places: ['.config/goose/', 'AppData/Roaming/Block/goose/', '.goosehints', '.goose/'],
  },
  {
    program: 'JetBrains IDEs, Junie and Air',
    what: 'MCP servers, allowed actions, guidelines, run configurations',
    source: 'https://www.jetbrains.com/help/junie/model-context-protocol-mcp.html',
    places: [
      '.junie/',
      '.ai/mcp/',
      '.aiassistant/rules/',
      '.air/mcp.json',
      '.idea/mcp.json',
      '.idea/runConfigurations/',
      '.idea/workspace.xml',
      '.run/',
    ],
  },
  {
    program: 'Zed',
    what: 'settings with MCP servers, tasks, debug configurations',
    source: 'https://zed.dev/docs/configuring-zed',
    places: [
      '.zed/settings.json',
      '.zed/tasks.json',
      '.zed/debug.json',
      '.config/zed/',
      'Application Support/Zed/settings.json',
      'AppData/Roaming/Zed/',
      '.rules',
    ],
  },
  {
    program: 'Visual Studio',
    what: 'MCP servers',
    source: 'https://learn.microsoft.com/visualstudio/ide/mcp-servers',
    places: ['.vs/mcp.json'],
  },
  {
    program: 'Git',
    what: 'hooks, filters and other programs that it runs, where it reads objects and its configuration from',
    source: 'https://git-scm.com/docs/gitrepository-layout',
    places: [
      '.git/hooks/',
      '.git/config',
      '.git/config.worktree',
      // Makes Git read its configuration from elsewhere.
      '.git/commondir',
      // Give files a filter or a merge program that the configuration names.
      '.git/info/attributes',
      '.git/objects/info/alternates',
      '.git/objects/info/http-alternates',
      // Of submodules, whose names may have separators in them, and of other working trees.
      '.git/modules/',
      '.git/worktrees/',
      // Of repositories without a working tree.
      '*.git/hooks/',
      '*.git/config',
      // Where `core.hooksPath` points to by custom.
      '.husky/',
      '.githooks/',
      '.gitconfig',
      '.config/git/',
    ],
  },
];
