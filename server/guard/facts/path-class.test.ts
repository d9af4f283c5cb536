import { describe, expect, test } from 'vitest';
import { pathClass } from './path-class';

describe('the class of a path', () => {
  test.each([
    [
      'secret',
      '/p/.env',
      '/p/.env.production',
      '/p/.envrc',
      '/p/.npmrc',
      '/home/a/.netrc',
      'C:\\p\\_netrc',
      '/home/a/.ssh/config',
      '/p/id_ed25519',
      '/p/server.pem',
      '/p/tls.key',
      '/p/credentials.json',
      '/p/.ENV',
      '/p/.env.',
      '/p/terraform.tfstate',
      '/p/service-account-prod.json',
      '/home/a/.bash_history',
      '/home/a/.kube/config',
      '/p/config/master.key',
      '/p/.git-credentials',
      '/p/prod.env',
    ],
    [
      'instructs',
      '/p/CLAUDE.md',
      '/p/sub/AGENTS.md',
      '/p/.cursorrules',
      '/p/.cursor/rules/x.mdc',
      '/p/.github/copilot-instructions.md',
      '/p/.github/prompts/fix.prompt.md',
      '/p/.claude/skills/a/SKILL.md',
      '/p/.mcp.json',
      '/p/GEMINI.md',
      '/p/.windsurf/rules.md',
    ],
    [
      'runs',
      '/p/.github/workflows/ci.yml',
      '/p/.husky/pre-commit',
      '/p/.vscode/tasks.json',
      '/p/package.json',
      '/p/vite.config.ts',
      '/p/conftest.py',
      '/p/build.rs',
      '/p/setup.py',
      '/p/Makefile',
      '/p/Dockerfile',
      '/p/.devcontainer/devcontainer.json',
      '/home/a/.bashrc',

      '/p/pyproject.toml',
      '/p/.gitlab-ci.yml',
      '/p/docker-compose.yml',
      '/p/Jenkinsfile',
      '/p/x.code-workspace',
      '/p/App.csproj',
      '/p/pom.xml',
      '/p/.eslintrc.json',
    ],
    [
      'ordinary',
      '/p/src/app.ts',
      '/p/README.md',
      '/p/.env.example',
      '/home/a/id_rsa.pub',
      '/p/docs/environment.md',
      '/p/src/keyboard.ts',
      '/p/test/secret-santa.test.ts',
      '/p/data.json',
      '/p/src/package/index.ts',
      '/p/src/setup.ts',
      '/p/.gitignore',
      '/p/image.png',
      '/p/src/credentials.ts',
      '/p/tokens.css',
      '',
    ],
  ])('%s: %j and others', (expected, ...paths) => {
    expect(paths.map((path) => `${path}: ${pathClass(path)}`)).toEqual(
      paths.map((path) => `${path}: ${expected}`),
    );
  });

  test('a long hostile path is classified in linear time', () => {
    for (const piece of ['/', '.env', 'a.', ' .', '/compose', 'credentials', '/.config']) {
      expect(pathClass(piece.repeat(1_000_000 / piece.length))).toBeTypeOf('string');
    }
  });
});
