/**
 * The role of a file for this machine and its people, by its name: `secret` holds credentials; `instructs` tells agents what
 * to do; `runs` is executed or read as settings by other programs; `ordinary` is none of these.
 */
export type PathClass = 'secret' | 'instructs' | 'runs' | 'ordinary';

interface ClassRow {
  readonly class: PathClass;
  /** Matches the folded path, with `/` as the separator and in front. */
  readonly pattern: RegExp;
  /** Where this is known from, or which programs read it. */
  readonly source: string;
}

/** Public halves and templates hold nothing. */
const harmless = /\.pub$|\/\.env\.(?:example|sample|template|dist|defaults?|schema)$/;

/** The first row that matches decides. */
const rows: readonly ClassRow[] = [
  { class: 'secret', pattern: /\/\.env(?:rc)?(?:\.[^/]+)?$/, source: 'dotenv; direnv reads .envrc' },
  { class: 'secret', pattern: /\/[^/]+\.env$/, source: 'Docker Compose env_file' },
  {
    class: 'secret',
    pattern:
      /\/\.(?:npmrc|yarnrc|pypirc|netrc|pgpass|my\.cnf|git-credentials|dockercfg|htpasswd|s3cfg|boto|vault-token|terraformrc)$/,
    source: 'npm, PyPI, curl, PostgreSQL, MySQL, Git, Docker, Apache, s3cmd, Vault, Terraform',
  },
  { class: 'secret', pattern: /\/_netrc$/, source: 'curl on Windows' },
  {
    class: 'secret',
    pattern: /\/\.(?:ssh|gnupg|aws|azure|kube|docker|password-store)\//,
    source: 'OpenSSH, GnuPG, cloud command lines, Kubernetes, pass',
  },
  {
    class: 'secret',
    pattern: /\/id_(?:rsa|dsa|ecdsa|ed25519|ecdsa_sk|ed25519_sk)$/,
    source: 'ssh-keygen(1)',
  },
  {
    class: 'secret',
    pattern: /\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc|gpg|ovpn|p8|tfvars|tfstate|agekey)$/,
    source: 'key, certificate and state files',
  },
  {
    class: 'secret',
    pattern:
      /\/(?:credentials|secrets?|service[-_]?account[^/]*|client_secret[^/]*|gha-creds-[^/]*|application_default_credentials)(?:\.(?:json|ya?ml|toml|ini|txt|xml|properties|enc))?$/,
    source: 'cloud providers, Rails',
  },
  {
    class: 'secret',
    pattern: /\/(?:master|production)\.key$|\/wp-config\.php$|\/\.?auth\.json$|\/hosts\.yml$/,
    source: 'Rails, WordPress, Composer, GitHub CLI',
  },
  {
    class: 'secret',
    pattern:
      /\/(?:\.bash_history|\.zsh_history|\.psql_history|\.mysql_history|\.node_repl_history|\.python_history|consolehost_history\.txt)$/,
    source: 'histories of shells hold what was typed',
  },
  {
    class: 'secret',
    pattern: /\/(?:login data|cookies|key4\.db|logins\.json|cookies\.sqlite)$/,
    source: 'browsers',
  },

  {
    class: 'instructs',
    pattern:
      /\/(?:claude(?:\.local)?|agents?|gemini|copilot-instructions|codex|conventions|skill|warp|crush|qwen)\.md$/,
    source: 'Claude Code, Codex, Gemini CLI, Copilot, aider',
  },
  {
    class: 'instructs',
    pattern: /\/\.(?:cursorrules|windsurfrules|clinerules|roorules|goosehints|aider\.conf\.yml|mcp\.json)$/,
    source: 'Cursor, Windsurf, Cline, Roo, Goose, aider',
  },
  {
    class: 'instructs',
    pattern:
      /\/\.(?:claude|cursor|codex|gemini|windsurf|clinerules|roo|kiro|continue|opencode|agents?|junie|amazonq|trae)\//,
    source: "agents' folders in a project",
  },
  {
    class: 'instructs',
    pattern: /\/\.github\/(?:instructions|prompts|chatmodes|agents|skills)\//,
    source: 'GitHub Copilot',
  },
  {
    class: 'instructs',
    pattern: /\.(?:prompt|instructions|chatmode|mdc)(?:\.md)?$/,
    source: 'GitHub Copilot, Cursor',
  },
  { class: 'instructs', pattern: /\/llms(?:-full)?\.txt$/, source: 'llmstxt.org' },

  {
    class: 'runs',
    pattern: /\/\.(?:github|gitea|forgejo)\/(?:workflows|actions)\//,
    source: 'GitHub Actions and compatible',
  },
  {
    class: 'runs',
    pattern:
      /\/\.(?:gitlab-ci|travis|drone|woodpecker|pre-commit-config|cirrus|appveyor)\.ya?ml$|\/(?:azure-pipelines|bitbucket-pipelines|cloudbuild|buildspec|appveyor)\.ya?ml$|\/jenkinsfile[^/]*$|\/\.(?:circleci|buildkite|woodpecker|teamcity)\//,
    source: 'continuous integration',
  },
  {
    class: 'runs',
    pattern: /\/\.(?:husky|git\/hooks|githooks|lefthook|devcontainer|vscode|idea|cargo|config)\//,
    source: 'hooks, editors, dev containers, Cargo',
  },
  {
    class: 'runs',
    pattern: /\/(?:package|deno|bun|turbo|nx|project|composer|tasks|launch|devcontainer)\.jsonc?$/,
    source: 'scripts of package managers and task runners',
  },
  {
    class: 'runs',
    pattern:
      /\.config\.(?:[cm]?[jt]sx?|json)$|\/\.(?:eslintrc|prettierrc|babelrc|mocharc|swcrc|lintstagedrc|stylelintrc|releaserc)(?:\.[^/]+)?$/,
    source: 'settings that are programs',
  },
  {
    class: 'runs',
    pattern:
      /\/(?:gnu)?makefile(?:\.[^/]+)?$|\.mk$|\/(?:justfile|taskfile\.ya?ml|rakefile|gulpfile\.[^/]+|gruntfile\.[^/]+|jakefile[^/]*|sconstruct|cmakelists\.txt|meson\.build|wscript|build|build\.bazel|workspace\.bazel|module\.bazel)$/,
    source: 'make and its kin',
  },
  {
    class: 'runs',
    pattern:
      /\/(?:dockerfile|containerfile)(?:\.[^/]+)?$|\.dockerfile$|\/(?:docker-)?compose[^/]*\.ya?ml$|\/(?:vagrantfile|procfile|earthfile|tiltfile|helmfile\.yaml|skaffold\.yaml|flake\.nix|shell\.nix|default\.nix|devbox\.json|mise\.toml|\.tool-versions)$/,
    source: 'containers and environments',
  },
  {
    class: 'runs',
    pattern:
      /\/(?:conftest|setup|manage|noxfile|tasks|fabfile|sitecustomize|usercustomize|gunicorn\.conf|settings)\.py$|\/(?:pyproject|tox|pytest|setup)\.(?:toml|ini|cfg)$|\.pth$/,
    source: 'Python tools',
  },
  {
    class: 'runs',
    pattern:
      /\/build\.rs$|\/(?:gemfile|rakefile|podfile|fastfile|brewfile)$|\.gemspec$|\/(?:build|settings|init)\.gradle(?:\.kts)?$|\/gradle\.properties$|\/(?:mvnw|gradlew)(?:\.cmd|\.bat)?$|\/pom\.xml$|\/(?:directory\.build\.(?:props|targets))$|\.(?:csproj|fsproj|vbproj|vcxproj|targets|props)$|\/mix\.exs$|\/build\.sbt$|\/build\.zig$|\/package\.swift$/,
    source: 'build tools of other languages',
  },
  {
    class: 'runs',
    pattern:
      /\/\.(?:bashrc|bash_profile|bash_login|bash_logout|profile|zshrc|zshenv|zprofile|zlogin|kshrc|cshrc|tcshrc|inputrc|vimrc|exrc|nvimrc|emacs|tmux\.conf|screenrc|gitconfig|gitmodules|gitattributes|editorconfig|xinitrc|xprofile|gdbinit|lldbinit|irbrc|pryrc|pythonrc|nodenvrc|yarnrc\.yml|pnpmfile\.cjs|npmrc)$|\/(?:microsoft\.powershell_)?profile\.ps1$/,
    source: 'profiles of shells and programs',
  },
  {
    class: 'runs',
    pattern:
      /\.(?:code-workspace|service|timer|desktop|plist|reg|crontab)$|\/crontab$|\/(?:autostart|cron\.[^/]+|launchagents|launchdaemons)\//,
    source: 'what desktops and schedulers start',
  },
  {
    class: 'runs',
    pattern: /\.(?:exe|dll|so|dylib|jar|msi|deb|rpm|apk|appimage)$/,
    source: 'programs',
  },
];

/** A project's shell script that an agent edits is a program, too; whoever starts it asks for it. */
export function pathClass(path: string): PathClass {
  const folded = `/${path
    .replaceAll('\\', '/')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[. ]+(?=\/|$)/g, '')}`;
  if (harmless.test(folded)) {
    return 'ordinary';
  }
  return rows.find(({ pattern }) => pattern.test(folded))?.class ?? 'ordinary';
}
