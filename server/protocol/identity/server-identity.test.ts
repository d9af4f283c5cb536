import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../json';
import type { Machine } from './machine';
import { serverFacts, serverIdentity } from './server-identity';
import type { StartedServer } from './server-identity';

const key = Buffer.alloc(32, 1);

/** A machine with these files, given as paths or as paths with texts. */
function machine(files: readonly (string | readonly [string, string])[] = []): Machine {
  const texts = new Map(files.map((file) => (typeof file === 'string' ? ([file, ''] as const) : file)));
  return {
    home: '/home/alice',
    exists: (path) => texts.has(path) || [...texts.keys()].some((file) => file.startsWith(`${path}/`)),
    isFile: (path) => texts.has(path),
    read: (path) => texts.get(path),
    real: (path) => path.replace(/^\/link\//, '/home/alice/'),
  };
}

/** A server of the user's own, started by this line. */
function server(line: string, changes: Partial<StartedServer> = {}): StartedServer {
  const [command = '', ...args] = line.split(' ');
  return {
    name: 'db',
    origin: 'user',
    definition: { command, args },
    command,
    args,
    cwd: '/home/alice/one',
    environment: { PATH: '/usr/bin' },
    ...changes,
  };
}

/** The folder that a server is accepted for, or everywhere. */
function acceptedFor(
  line: string,
  changes: Partial<StartedServer> = {},
  files: Parameters<typeof machine>[0] = [],
): string {
  return serverFacts(server(line, changes), machine(files)).folder ?? 'everywhere';
}

const one = '/home/alice/one';

describe.skipIf(process.platform === 'win32')('what a human accepts', () => {
  test.each([
    'npx @scope/server',
    'npx -y @scope/server@1.2.3 --read-only',
    'npx --yes server@latest https://example.com/mcp',
    'npx -y -p @scope/server@1 server-program',
    'npx --package=@scope/server server-program',
    'npx -y @modelcontextprotocol/server-filesystem /data',
    '/usr/local/bin/npx -y @scope/server',
    'npm exec --yes -- @scope/server --flag',
    'npm x server',
    'pnpm dlx @scope/server --flag',
    'uvx server',
    'uvx --from server[extra]==1.2 server-program --port 8080',
    'uv tool run server@1.0',
    'pipx run server',
    'docker run --rm -i image',
    'docker run -i --rm -e TOKEN -e A=b --network none ghcr.io/acme/server:1.2 stdio /in/the/container',
    'docker run -v /srv/data:/data --mount type=bind,source=/srv,target=/srv image',
    'podman run -i --rm -v cache:/cache image',
    'node /opt/server.js --level debug',
    'node --no-warnings /opt/server.js',
    'python3 -u /opt/server.py',
  ])('an acceptance counts in every folder for %s', (line) => {
    expect(acceptedFor(line)).toBe('everywhere');
    const elsewhere = server(line, { cwd: '/home/alice/two' });
    expect(serverIdentity(elsewhere, key, machine()).acceptance).toBe(
      serverIdentity(server(line), key, machine()).acceptance,
    );
  });

  test.each([
    ['a package script', 'npm run -s mcp'],
    ['a package script', 'npm start'],
    ['a package script', 'npm test'],
    ['a package script', 'pnpm mcp'],
    ['a package script', 'yarn mcp'],
    ['a package script', 'yarn dlx server'],
    ['a package script', 'bun run mcp'],
    ['a program that reads settings of the folder', 'bunx server'],
    ['a shell', 'bash -c exec\u00a0mcp'],
    ['a shell', 'sh -c mcp'],
    ['a shell', 'zsh /opt/start.sh'],
    ['a shell', '/bin/bash -lc mcp'],
    ['a shell', 'cmd /c npx server'],
    ['a shell', 'powershell -Command mcp'],
    ['a shell', 'pwsh.exe -File C:\\start.ps1'],
    ['another program that runs a program', 'env NODE_ENV=x npx server'],
    ['another program that runs a program', 'sudo npx server'],
    ['another program that runs a program', 'xargs npx'],
    ['another program that runs a program', 'direnv exec . mcp'],
    ['another program that runs a program', 'mise exec -- mcp'],
    ['a runner of tasks', 'make mcp'],
    ['a runner of tasks', 'just mcp'],
    ['a runner of tasks', 'task mcp'],
    ['a runner of tasks', 'gradle mcp'],
    ['a project', 'docker compose run mcp'],
    ['a project', 'docker-compose up'],
    ['a project', 'docker build -q -t mcp /opt'],
    ['a project', 'uv run server'],
    ['a project', 'uv run --with mcp /opt/server.py'],
    ['a project', 'poetry run server'],
    ['a project', 'cargo run --quiet'],
    ['a project', 'go run example.com/server@latest'],
    ['a project', 'dotnet run'],
    ['a project', 'deno run -A /opt/server.ts'],
    ['a project', 'bun /opt/server.ts'],
    ['a project', 'ruby /opt/server.rb'],
    ['code in a word', 'node -e 1'],
    ['code in a word', 'node --eval=1 /opt/server.js'],
    ['code in a word', 'python -c 1'],
    ['code in a word', 'npx -c mcp'],
    ['code in a word', 'npx -y --call=mcp server'],
    ['a module', 'python -m server'],
    ['a module', 'python3 -u -m server'],
    ['an option that loads code', 'node --import ./hook.js /opt/server.js'],
    ['an option that loads code', 'node --import=hook /opt/server.js'],
    ['an option that loads code', 'node -r hook /opt/server.js'],
    ['an option that loads code', 'node --env-file=.env /opt/server.js'],
    ['an option that loads code', 'node --env-file .env /opt/server.js'],
    ['an option of npm after the package', 'npm exec server --prefix=/x'],
    ['an option of npm after the package', 'npm exec server --script-shell=x -- --flag'],
    ['an option that is not known', 'npx --prefix /x server'],
    ['an option that is not known', 'npx --node-options=--import=x server'],
    ['an option that is not known', 'uvx --env-file x server'],
    ['an option that is not known', 'docker --context x run image'],
    ['an option that is not known', 'docker run --env-file x image'],
    ['a package by its path', 'npx ./server'],
    ['a package by its path', 'npx ../server'],
    ['a package by its path', 'npx .'],
    ['a package by its path', 'npx file:server'],
    ['a package by its path', 'npx server@file:x'],
    ['a package by its path', 'npx -p ./server program'],
    ['a package by its path', 'npx server.tgz'],
    ['a package by its path', 'uvx ./server'],
    ['a package by its path', 'uvx --from . server'],
    ['a package by its path', 'uvx --with-editable . server'],
    ['a package by its path', 'pipx run server.py'],
    ['a package of a repository', 'npx acme/server'],
    ['a package of a repository', 'npx git+https://example.com/server'],
    ['a mount of the folder', 'docker run -v .:/data image'],
    ['a mount of the folder', 'docker run -v ./data:/data image'],
    ['a mount of the folder', 'docker run --volume=../data:/data image'],
    ['a mount of the folder', 'docker run --mount type=bind,source=data/x,target=/data image'],
    ['a mount of the folder', 'docker run --mount type=bind,src=.,target=/data image'],
    ['a mount of the folder', 'docker run --mount type=bind,source=/x,source=.,target=/data image'],
    ['a mount of the folder', 'docker run -v /proc/self/cwd:/data image'],
    ['a script below', 'node ./server.js'],
    ['a script above', 'node ../server.js'],
    ['a script by its bare name', 'node server.js'],
    ['a script in a folder', 'node dist/server.js'],
    ['a script by a way through the folder', 'node /opt/../home/alice/one/server.js'],
    ['a script by the process it runs in', 'node /proc/self/cwd/server.js'],
    ['a script that is handed over', 'python /dev/stdin'],
    ['a script of a drive that this system does not have', 'node C:\\server.js'],
    ['no script at all', 'node'],
    ['a program in a folder', 'bin/server'],
    ['a program in a folder', './npx -y server'],
    ['a program that nobody knows', 'mcp-files /data'],
    ['a program that nobody knows', '/opt/server'],
    ['a program that nobody knows', 'mcp-remote https://example.com/mcp'],
    ['the folder as data', 'npx -y server .'],
    ['a file of the folder as data', 'npx -y server config.json'],
    ['a file of the folder as data', 'npx -y server --config=config.json'],
    ['a file of the folder as data', 'npx -y server --config=./x'],
    ['a file of the folder as data', 'npx -y server -c./x'],
    ['a file of the folder as data', 'npx -y server data/x'],
    ['a file of the folder as data', 'npx -y server @answers'],
  ])('an acceptance counts in one folder only for %s: %s', (_what, line) => {
    expect(acceptedFor(line)).toBe(one);
    const elsewhere = server(line, { cwd: '/home/alice/two' });
    expect(serverIdentity(elsewhere, key, machine()).acceptance).not.toBe(
      serverIdentity(server(line), key, machine()).acceptance,
    );
  });

  test.each<[string, string, string | readonly [string, string]]>([
    ['a package that lies there', 'npx -y files@1', `${one}/node_modules/files/index.js`],
    ['a program of that name', 'npx -y @acme/files', `${one}/node_modules/.bin/files`],
    ['a package that lies above', 'npx -y files', '/home/alice/one/node_modules/files/index.js'],
    ['a registry', 'npx -y files', `${one}/.npmrc`],
    ['a package.json with programs', 'npx -y files', [`${one}/package.json`, '{"bin": {"files": "x.js"}}']],
    ['a package.json that is that package', 'npx -y files', [`${one}/package.json`, '{"name": "files"}']],
    [
      'a package.json that chooses a pnpm',
      'pnpm dlx files',
      [`${one}/package.json`, '{"packageManager": "pnpm@9"}'],
    ],
    ['a file of the name of a word', 'npx -y files production', `${one}/production`],
  ])('an acceptance counts in one folder only if there is %s', (_what, line, file) => {
    const cwd = `${one}/sub`;
    const inside = typeof file === 'string' ? [file, file.replace(one, cwd)] : [file];
    expect(acceptedFor(line, { cwd }, inside)).toBe(cwd);
    expect(acceptedFor(line, { cwd }, ['/home/alice/.npmrc', '/home/alice/two/.npmrc'])).toBe('everywhere');
  });

  test('an accepted server becomes another in the same folder once a file there takes the place of a package', () => {
    const line = 'npx -y files';
    const [before, after] = [[], [`${one}/node_modules/.bin/files`]].map(
      (files) => serverIdentity(server(line), key, machine(files)).acceptance,
    );
    expect(after).not.toBe(before);
  });

  test.each([
    ['lies in the folder', `${one}/node_modules/.bin`],
    ['lies above the folder', '/home/alice/one/tools'],
    ['is relative', 'node_modules/.bin'],
    ['is empty, which means the folder', ''],
  ])(
    'an acceptance counts in one folder only if PATH finds the program where its entry %s',
    (_what, entry) => {
      const cwd = `${one}/sub`;
      const environment = { PATH: `${entry}:/usr/bin` };
      const program = `${entry.startsWith('/') ? '' : `${cwd}/`}${entry}/npx`.replaceAll('//', '/');
      expect(acceptedFor('npx -y files', { cwd, environment }, [program, '/usr/bin/npx'])).toBe(cwd);
      expect(acceptedFor('npx -y files', { cwd, environment }, ['/usr/bin/npx'])).toBe('everywhere');
    },
  );

  test.each<[string, JsonObject, Record<string, string>]>([
    ['the folder in an argument', { args: ['-y', 'server', '${workspaceFolder}/x'] }, {}],
    ['the folder in the environment', { env: { DATA: '${workspaceFolder}' } }, { DATA: one }],
    ['the folder of a name', { env: { DATA: '${workspaceFolder:one}' } }, { DATA: one }],
    ['variables from a file of the folder', { envFile: '${workspaceFolder}/.env' }, {}],
    ['variables from a file of the folder', { envFile: '.env' }, {}],
    ['variables from a file of the process', { envFile: '/proc/self/cwd/.env' }, {}],
    ['a file of the folder in the environment', {}, { CONFIG: './config.json' }],
    ['a file of the folder in the environment', {}, { CONFIG: 'file:config.json' }],
    ['a file of the folder in the environment', {}, { CONFIG: '/proc/self/cwd/config.json' }],
    ['a file of the folder in the environment', {}, { CONFIG: 'config.json' }],
    ['a file of the folder for a token', {}, { TOKEN: './token' }],
    ['what Node.js loads', {}, { NODE_OPTIONS: '--import=/x.js' }],
    ['where programs are', {}, { PATH: '/x' }],
    ['where libraries are', {}, { LD_PRELOAD: '/x.so' }],
    ['where modules are', {}, { PYTHONPATH: '/x' }],
    ['where packages come from', {}, { npm_config_registry: 'https://example.com/' }],
    ['where packages come from', {}, { UV_INDEX_URL: 'https://example.com/' }],
  ])('an acceptance counts in one folder only with %s', (_what, definition, env) => {
    const changes = { definition: { command: 'npx', args: ['-y', 'server'], ...definition }, env };
    expect(acceptedFor('npx -y server', changes)).toBe(one);
  });

  test.each<Record<string, string>>([
    { DB_URL: 'postgres://db.example.com/x' },
    { LEVEL: 'debug', PORT: '80', NODE_ENV: 'production', EMPTY: '' },
    { GITHUB_TOKEN: 'ab/cd+ef==.json', API_KEY: 'x/y' },
    { DATA: '/srv/data' },
  ])('an acceptance counts in every folder with data in the environment: %j', (env) => {
    expect(acceptedFor('npx -y server', { env })).toBe('everywhere');
  });

  test('a workspace’s server is accepted for that workspace, whatever it says, and never for a user’s', () => {
    const origin = 'workspace';
    expect(acceptedFor('npx -y files', { origin })).toBe(one);
    expect(serverIdentity(server('node ./x.js', { origin }), key, machine()).acceptance).not.toBe(
      serverIdentity(server('node ./x.js'), key, machine()).acceptance,
    );
  });

  test('an acceptance counts for the folder itself, by whatever link it was opened', () => {
    const [direct, linked] = [one, '/link/one'].map(
      (cwd) => serverIdentity(server('make mcp', { cwd }), key, machine()).acceptance,
    );
    expect(linked).toBe(direct);
  });
});

/** The server that all changes below are compared with: two variables, one of them a password. */
const definition = {
  command: 'npx',
  args: ['-y', 'db-mcp', '${input:db}'],
  env: { DB_URL: '${input:url}', PASSWORD: '${input:password}', NODE_OPTIONS: '${env:OPTIONS}' },
};
const env = { DB_URL: 'postgres://staging', PASSWORD: '1234', NODE_OPTIONS: '' };
const known = server('npx -y db-mcp staging', {
  definition,
  env,
  environment: { PATH: '/usr/bin', AWS_PROFILE: 'staging', SHLVL: '1', VSCODE_PID: '1', ...env },
});

describe('which server it is', () => {
  type Digest = 'acceptance' | 'fingerprint' | 'launch';
  const all: readonly Digest[] = ['acceptance', 'fingerprint', 'launch'];
  const run: readonly Digest[] = ['fingerprint', 'launch'];

  test.each<[string, Partial<StartedServer>, readonly Digest[]]>([
    ['nothing', {}, []],
    ['its name', { name: 'other' }, all],
    ['its origin', { origin: 'workspace' }, all],
    ['its program', { command: 'pnpx' }, all],
    ['an argument, by a variable', { args: ['-y', 'db-mcp', 'production'] }, all],
    ['an argument more', { args: ['-y', 'db-mcp', 'staging', '--write'] }, all],
    ['where words end', { args: ['-y', 'db-mcp staging'] }, all],
    ['its definition', { definition: { ...definition, args: ['-y', 'db-mcp', 'staging'] } }, ['acceptance']],
    ['decoration of its definition', { definition: { ...definition, gallery: true } }, []],
    ['a value of its environment', { env: { ...env, DB_URL: 'postgres://production' } }, run],
    ['a password', { env: { ...env, PASSWORD: '5678' } }, run],
    ['a variable more', { env: { ...env, WRITE: '1' } }, all],
    ['a variable less', { env: { DB_URL: env.DB_URL, PASSWORD: env.PASSWORD } }, all],
    ['values that changed places', { env: { ...env, DB_URL: '1234', PASSWORD: 'postgres://staging' } }, run],
    ['what its environment loads', { env: { ...env, NODE_OPTIONS: '--import=/x.js' } }, all],
    ['what it inherits', { environment: { ...known.environment, AWS_PROFILE: 'production' } }, ['launch']],
    [
      'what it inherits no more',
      { environment: { ...known.environment, AWS_PROFILE: undefined } },
      ['launch'],
    ],
    ['what means nothing to it', { environment: { ...known.environment, SHLVL: '2', VSCODE_PID: '2' } }, []],
    ['its folder', { cwd: '/home/alice/two' }, all],
    ['its address', { url: 'https://example.com' }, all],
  ])('the digest of a server changes with %s', (_what, changes, expected) => {
    const before = serverIdentity(known, key, machine());
    const after = serverIdentity({ ...known, ...changes }, key, machine());
    expect(all.filter((digest) => before[digest] !== after[digest])).toEqual(expected);
  });

  test('the digest of a server changes with the program that PATH finds', () => {
    const environment = { PATH: '/opt/bin:/usr/bin' };
    const [before, after] = [['/usr/bin/npx'], ['/opt/bin/npx', '/usr/bin/npx']].map((files) =>
      serverIdentity({ ...known, environment }, key, machine(files)),
    );
    expect(after?.fingerprint).not.toBe(before?.fingerprint);
  });

  test('without the key a digest says nothing of what went in: with another key all digests are others', () => {
    const digests = [key, Buffer.alloc(32, 2)].flatMap((each) => {
      const { acceptance, fingerprint, launch } = serverIdentity(known, each, machine());
      return [acceptance, fingerprint, launch];
    });
    expect(new Set(digests).size).toBe(6);
  });
});
