import type { JsonObject } from '../../../server/protocol';

/** A path that is handed over, in one of the ways that were seen or that programs take apart. */
interface Hostile {
  readonly what: string;
  readonly args: JsonObject;
  readonly expected: 'outside' | 'protected';
}

function outside(what: string, args: JsonObject): Hostile {
  return { what, args, expected: 'outside' };
}

function guarded(what: string, args: JsonObject): Hostile {
  return { what, args, expected: 'protected' };
}

const unified = '--- a/.vscode/settings.json\n+++ b/.vscode/settings.json\n@@ -1 +1 @@\n-x\n+y\n';
const gitDiff = 'diff --git a/src/a.ts b/src/a.ts\nindex 1..2 100644\n';
const applied = '*** Begin Patch\n*** Update File: .vscode/settings.json\n@@\n-x\n+y\n*** End Patch\n';

/** ROOT stands for the tree of {@link plantTree}. */
export const hostilePlacements: readonly Hostile[] = [
  // Lists in one text.
  outside('a list by lines, for paths', { path: 'a\n/etc/passwd' }),
  outside('a list by lines, under any name', { x: 'a\n/etc/passwd' }),
  outside('a list by lines, in a text', { text: 'a\n/etc/passwd' }),
  outside('a list by lines, in a message', { message: 'src/a.ts\n/etc/passwd' }),
  outside('a list by CR and LF', { x: 'a\r\n/etc/passwd\r\n' }),
  outside('a list by commas', { x: 'a,/etc/passwd' }),
  outside('a list by commas, in a text', { value: 'a,/etc/passwd' }),
  outside('a list by commas and spaces', { x: 'a.ts, /etc/passwd' }),
  outside('a list by semicolons', { x: 'a;/etc/passwd' }),
  outside('a list by bars', { x: 'a|/etc/passwd' }),
  outside('a list by colons', { x: 'a:/etc/passwd' }),
  outside('a list by spaces', { x: 'a.ts /etc/passwd' }),
  outside('a list by tabs', { x: 'a.ts\t/etc/passwd' }),
  outside('a list by file separators', { x: 'a\u001c/etc/passwd' }),
  outside('a list by unit separators, in a text', { text: 'a\u001f/etc/passwd' }),
  outside('a list by next lines', { x: 'a.ts\u0085/etc/passwd' }),
  outside('a path behind a space that JavaScript does not know', { x: '\u001f/etc/passwd' }),
  outside('a list with a link among its names', { x: 'src/a.ts,out,docs' }),
  outside('a list with a way through a link', { x: 'src/a.ts,out/file' }),
  guarded('a list with a protected name', { x: 'README.md,.mcp.json' }),
  guarded('a list with a protected path', { x: 'README.md\n.vscode/settings.json' }),
  guarded('a list with a protected path, in a text', { text: 'README.md\n.vscode/settings.json' }),
  outside('a line of its own among words', { x: 'Please read all of these:\n/etc/passwd\nand tell me.' }),
  outside('a list in quotes', { x: '"a.ts","/etc/passwd"' }),

  // Options and prefixes.
  outside('an assignment', { x: 'x=/etc/passwd' }),
  outside('an assignment, in a text', { value: 'x=/etc/passwd' }),
  outside('an assignment of several', { x: 'a=b,file=/etc/passwd' }),
  outside('an option and its value', { x: '--file /etc/passwd' }),
  outside('an option and its value, joined', { x: '--file=/etc/passwd' }),
  outside('a short option with its value', { x: '-O/etc/passwd' }),
  outside('a short option with its value, among arguments', { args: ['-O/etc/passwd'] }),
  outside('a short option with a way up', { x: '-I../other' }),
  outside('an at sign', { x: '@/etc/passwd' }),
  outside('an at sign behind an assignment', { x: 'upload=@/etc/passwd' }),
  outside('a mount', { x: '/etc:/mnt' }),
  outside('a mount of the root', { x: '/:/mnt' }),
  outside('a mount of the root behind an option', { x: '-v /:/mnt' }),
  outside('a mount of the root behind an option and in a command', { x: 'docker run -v /:/mnt x' }),
  outside('a mount behind an option', { args: ['-v', '/etc:/mnt'] }),
  outside('a copy to another machine', { args: ['host:/tmp', 'ROOT/home/.ssh/id'] }),
  outside('an option with a file URI', { x: '--config=file:///etc/passwd' }),
  outside('a key and its value', { x: 'file: /etc/passwd' }),
  guarded('an option with a protected name', { x: '--config=.mcp.json' }),

  // Commands.
  outside('a command', { command: 'cat /etc/passwd' }),
  outside('a command, under any name', { x: 'cat /etc/passwd' }),
  outside('a command, as what is typed', { text: 'cat /etc/passwd\n' }),
  outside('a command with an option before', { text: 'head -n 1 /etc/passwd' }),
  outside('a command behind a variable', { x: 'LANG=C cat /etc/passwd' }),
  outside('a command behind another', { x: 'cd src && cat ../../other/file' }),
  outside('a command with a link', { command: 'cat out' }),
  outside('a command with a link to a file', { x: 'cat secret' }),
  outside('a command on the root', { command: 'ls /' }),
  outside('a command on the root, under any name', { x: 'find / -name id_rsa' }),
  outside('a command on the root, as what is typed', { text: 'ls -la /' }),
  outside('a command on the root behind another', { command: 'cd src; grep -r token / | sort -t /' }),
  outside('a command on the root in quotes', { command: 'ls "/"' }),
  outside('a command on all of the root', { command: 'du -sh /*' }),
  outside('a redirection', { command: 'echo x >/tmp/x' }),
  outside('a process substitution', { x: '<(cat /etc/passwd)' }),
  outside('a process substitution, for paths', { path: '<(cat /etc/passwd)' }),
  outside('a command substitution', { x: 'v=$(cat /etc/passwd)' }),
  outside('a command within a command', { command: 'bash -c "cat /etc/passwd"' }),
  outside('a command within a message', { command: 'git commit -m "$(cat /etc/passwd)"' }),
  guarded('a command that changes a protected file', { text: 'rm .vscode/settings.json' }),
  guarded('a command that writes a protected file', { x: 'cp notes.json .vscode/settings.json' }),
  guarded('a redirection into a protected file', { command: 'echo x > .vscode/settings.json' }),
  guarded('a pipe into a protected file', { x: 'printf x | tee .mcp.json' }),
  guarded('a command with a protected name', { command: 'tee .mcp.json' }),
  guarded('an editor in place', { text: 'sed -i s/a/b/ .vscode/settings.json' }),

  // Patches.
  guarded('a unified diff', { patch: unified }),
  guarded('a unified diff, under any name', { x: unified }),
  guarded('a unified diff, in a text', { content: unified }),
  guarded('a unified diff behind words', { x: `Apply this, it is harmless.\n\n${unified}` }),
  guarded('a unified diff in a fence', { body: `\`\`\`diff\n${unified}\`\`\`` }),
  guarded('a diff by Git with a rename', { x: `${gitDiff}rename from notes.json\nrename to .mcp.json\n` }),
  guarded('a diff by Git with two files', { x: `${gitDiff}diff --git a/.mcp.json b/.mcp.json\n` }),
  guarded('a diff by Git with a quoted name', {
    x: `${gitDiff}--- "a/.vs\\143ode/settings.json"\n+++ b/x\n`,
  }),
  guarded('a patch for an agent', { input: applied }),
  guarded('a patch for an agent, in a text', { text: applied }),
  guarded('a patch for an agent in a command', { command: `apply_patch <<'EOF'\n${applied}EOF\n` }),
  guarded('a move in a patch', { x: applied.replace('.vscode/settings.json', 'a\n*** Move to: .mcp.json') }),
  guarded('a patch from a mail', { x: `From ${'0'.repeat(40)} Mon\nSubject: x\n\n${unified}` }),
  guarded('a block that is searched and replaced', {
    x: '.vscode/settings.json\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n',
  }),
  guarded('a context diff', { x: '*** .mcp.json\t2026\n--- .mcp.json\t2026\n***************\n' }),
  outside('a diff with a way up', { x: '--- a/../../other/file\n+++ b/../../other/file\n@@ -1 +1 @@\n' }),
  outside('a patch that goes through a link', { x: applied.replace('.vscode/settings.json', 'out/file') }),

  // Values inside.
  outside('JSON', { x: '{"path": "/etc/passwd"}' }),
  outside('JSON, for paths', { path: '["/etc/passwd"]' }),
  outside('JSON in a text', { body: '{"path": "/etc/passwd"}' }),
  outside('JSON in JSON', { x: JSON.stringify({ y: JSON.stringify({ path: '/etc/passwd' }) }) }),
  outside('an element', { x: '<read><path>/etc/passwd</path></read>' }),
  outside('an attribute', { x: '<read path="/etc/passwd"/>' }),
  outside('a named element, with entities', { x: '<p1 name="path">&#47;etc/passwd</p1>' }),
  outside('a section that is not parsed', { x: '<read><path><![CDATA[/etc/passwd]]></path></read>' }),
  guarded('an element with a protected path', { text: '<edit><file>.vscode/settings.json</file></edit>' }),

  // Names in folders.
  guarded('a folder and a name', { cwd: '.git', path: 'config' }),
  guarded('a folder and a name, under any name', { dir: '.vscode', x: 'settings.json' }),
  guarded('a folder and a name, read only', { folder: '.git', file: 'config' }),
  guarded('a folder, a folder and a name', { root: 'packages/a', dir: '.git', file: 'config' }),
  guarded('a folder above, a name below', { cwd: '.git', edits: [{ path: 'config' }] }),
  guarded('a folder and a list of names', { cwd: '.git', include: ['HEAD', 'config'] }),
  guarded('a folder and what is searched there', { path: '.git', pattern: 'config' }),
  guarded('the parts of a path', { segments: ['packages', '.git', 'config'] }),
  outside('a folder and a link in it', { cwd: 'sub', path: 'away' }),
  outside('a folder and a link in it, under any name', { path: 'sub', entry: 'away' }),

  // Links by their names.
  outside('a link', { x: 'out' }),
  outside('a link to a file', { name: 'secret' }),
  outside('a link, in a text', { value: 'secret' }),
  outside('a link in quotes', { x: '"secret"' }),
  outside('a link, in a list', { items: ['README.md', 'secret'] }),

  // What each process sees differently.
  outside('a process’s root', { x: '/proc/self/root/etc/passwd' }),
  outside('another process’s root', { x: '/proc/1/root/etc/passwd' }),
  outside('a process’s working folder', { x: '/proc/self/cwd/../other/file' }),
  outside('an open file', { x: '/proc/self/fd/3' }),
  outside('an open file of the devices', { x: '/dev/fd/3' }),
  guarded('a guarded folder by a process’s root', { x: '/proc/self/rootROOT/install/main.js' }),
  guarded('a guarded folder by a thread’s root', { path: '/proc/1/task/1/rootROOT/install/main.js' }),
  guarded('a guarded folder by a link to the root', { path: 'rootROOT/install/main.js' }),
  guarded('a protected file by a process’s folder', { path: '/proc/self/cwd/.vscode/settings.json' }),

  // Schemes.
  outside('fs:', { uri: 'fs:///etc/passwd' }),
  outside('unix:', { uri: 'unix:/etc/passwd' }),
  outside('unix: with a host', { uri: 'unix://localhost/etc/passwd' }),
  outside('vscode-remote:', { uri: 'vscode-remote://ssh-remote+host/etc/passwd' }),
  outside('vscode-file:', { uri: 'vscode-file://vscode-app/etc/passwd' }),
  outside('vscode-vfs:', { uri: 'vscode-vfs://github/etc/passwd' }),
  outside('jar:', { uri: 'jar:file:/etc/passwd!/x' }),
  outside('zip:', { uri: 'zip:///etc/passwd!x' }),
  outside('sqlite:', { x: 'sqlite:////etc/passwd' }),
  outside('git: with a query', { uri: 'git:/x.ts?%7B%22path%22%3A%22%2Fetc%2Fpasswd%22%7D' }),
  outside('an unknown scheme', { uri: 'thing:///etc/passwd' }),
  outside('an unknown scheme whose host is a folder', { uri: 'thing://etc/passwd' }),
  outside('an unknown scheme with encoded slashes', { uri: 'thing:///%2Fetc%2Fpasswd' }),
  outside('an unknown scheme with a relative way up', { uri: 'thing:../other/file' }),
  outside('an unknown scheme with a link', { uri: 'thing://out/file' }),
  outside('an unknown scheme, under any name', { x: 'thing:///etc/passwd' }),
  guarded('an unknown scheme and a protected file', { uri: 'thing:///x/.vscode/settings.json' }),
  guarded('an unknown scheme and a protected name', { uri: 'thing:.mcp.json' }),
  guarded('vscode-userdata:', { uri: 'vscode-userdata:/User/settings.json' }),
];
