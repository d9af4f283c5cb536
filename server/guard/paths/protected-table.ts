const places: readonly string[] = [
  // Gatehouse itself.
  '.gatehouse/',
  // VS Code's settings and its list of MCP servers, in workspaces and for users.
  '.vscode/settings.json',
  '.vscode/mcp.json',
  '*.code-workspace',
  ...['Code', 'Code - Insiders', 'VSCodium', 'Cursor', 'Windsurf'].flatMap((name) => [
    `.config/${name}/User/`,
    `Application Support/${name}/User/`,
    `AppData/Roaming/${name}/User/`,
  ]),
  '.local/share/code-server/User/',
  '.local/share/code-server/extensions/',
  ...['.vscode-server', '.vscode-server-insiders', '.cursor-server', '.vscode-remote'].map(
    (name) => `${name}/data/`,
  ),
  ...['.vscode', '.vscode-insiders', '.vscode-oss', '.cursor', '.vscode-server'].map(
    (name) => `${name}/extensions/`,
  ),
  // Agents' lists of MCP servers, their permissions and hooks.
  '.mcp.json',
  '.claude.json',
  '.claude/settings.json',
  '.claude/settings.local.json',
  '.claude/hooks/',
  'claude_desktop_config.json',
  '.cursor/mcp.json',
  '.cursor/permissions.json',
  '.codex/config.toml',
  '.gemini/settings.json',
  'opencode.json',
  'opencode.jsonc',
  '.opencode/',
  '.config/opencode/',
  '.windsurf/mcp_config.json',
  '.codeium/windsurf/mcp_config.json',
  '.roo/mcp.json',
  '.kiro/settings/mcp.json',
  '.amazonq/mcp.json',
  '.zed/settings.json',
  '.config/zed/settings.json',
  '.continue/config.yaml',
  '.continue/config.json',
  '.copilot/mcp-config.json',
  // Programs that Git runs.
  '.git/hooks/',
  '.git/config',
  '.git/config.worktree',
  // Makes Git read its configuration from elsewhere.
  '.git/commondir',
  // Of submodules, whose names may have separators in them, and of other working trees.
  '.git/modules/',
  '.git/worktrees/',
  '.gitconfig',
  '.config/git/config',
];
export const protectedTable = [{ places }];
