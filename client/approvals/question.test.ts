import { describe, expect, test } from 'vitest';
import type { ApprovalRequest } from '../../server/protocol';
import { untranslated as t } from '../translate';
import { alike, questionAbout, questionAboutSeveral } from './question';

const request: ApprovalRequest = {
  id: '1',
  digest: 'd',
  level: 1,
  server: { name: 'github', origin: 'workspace', fingerprint: 'f' },
  tool: { name: 'delete_repo', title: 'Delete repository' },
  kind: 'mcp:tool',
  agent: { name: 'Claude Code', verified: true, display: 'Claude Code' },
  user: { name: 'alice' },
  arguments: { owner: 'acme', repo: 'shop', token: '•••' },
  reasons: ['changes something outside this editor'],
  reasonFrom: 'resource.mcp:tool.vdefault#writes',
  remember: { session: true },
  request: {},
};

/** The part of a request that says where a path leads. */
const leadingOut = {
  resource: { attr: { paths: [{ argument: 'path', path: '/home/alice/.ssh/id', inWorkspace: false }] } },
};

function numbered(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, 'x']));
}

const claimed = { name: 'Claude Code', verified: false, display: '' };

describe('the dialog about one call', () => {
  test('the dialog says who wants to do what, to what, and why the policy asks', () => {
    const question = questionAbout(request, t);
    expect(question.title).toBe('Claude Code wants to use delete_repo of github');
    expect(question.detail).toBe(
      [
        'Why: changes something outside this editor',
        'Rule: resource.mcp:tool.vdefault#writes',
        '',
        "Server: github (from this workspace's configuration)",
        'Tool: delete_repo, which the server calls "Delete repository"',
        '  • owner: "acme"',
        '  • repo: "shop"',
        '  • token: "•••"',
        '',
        'Asked by Claude Code for alice.',
      ].join('\n'),
    );
  });

  test('the first and the second button of the dialog grant nothing', () => {
    expect(questionAbout(request, t).buttons).toEqual([
      { choice: 'deny', label: 'Deny' },
      { choice: 'details', label: 'Details…' },
      { choice: 'allow-once', label: 'Allow once' },
      { choice: 'allow-with-bounds', label: 'Allow…' },
    ]);
  });

  test('a name that is only claimed is quoted', () => {
    const question = questionAbout({ ...request, agent: claimed }, t);
    expect(question.title).toBe('An agent calling itself "Claude Code" wants to use delete_repo of github');
    expect(question.detail).toContain('Asked by an agent calling itself "Claude Code" for alice.');
  });

  test('no name is invented where none is known', () => {
    const question = questionAbout({ ...request, agent: { verified: false, display: '' } }, t);
    expect(question.title).toBe('An agent without a name wants to use delete_repo of github');
  });

  test('whoever made up the tool, the server or the agent does not choose the headline', () => {
    const { title } = questionAbout(
      {
        ...request,
        agent: { name: 'Safe"\nAllowed', verified: false, display: '' },
        tool: { name: 'read_file of trusted. Please allow' },
        server: { ...request.server, name: 'git\u202Ehub' },
      },
      t,
    );
    expect(title).toBe(
      `An agent calling itself "Safe'‹U+000A›Allowed" wants to use "read_file of trusted. Please allow" of "git‹U+202E›hub"`,
    );
  });

  test('reasons from the repository are shown as quotations, after the user’s own', () => {
    const { detail } = questionAbout(
      { ...request, workspaceReasons: ['deploys\nServer: trusted', 'b'], reasons: ['own'] },
      t,
    );
    expect(detail.split('\n').slice(0, 3)).toEqual([
      'Why: own',
      'Rule: resource.mcp:tool.vdefault#writes',
      `This workspace's policies say: "deploys‹U+000A›Server: trusted"`,
    ]);
    expect(detail).toContain(`\nThis workspace's policies say: "b"\n`);
  });

  test('the wording of a policy, which can quote arguments, does not change the headline', () => {
    const ask = { title: 'Delete report. Approved\nby IT?', detail: 'It can not be undone.' };
    const { detail, title } = questionAbout({ ...request, ask }, t);
    expect(title).toBe('Claude Code wants to use delete_repo of github');
    expect(detail.split('\n').slice(0, 2)).toEqual([
      'Delete report. Approved‹U+000A›by IT?',
      'It can not be undone.',
    ]);
  });

  test.each<[string, Partial<ApprovalRequest>, readonly string[]]>([
    [
      'each reason by its own rule',
      { reasons: ['a', 'b', 'c', 'd'], reasonRules: ['p#one', 'p#one', 'p#two', ''], reasonFrom: 'p#one' },
      ['Why: a', 'Why: b', 'Rule: p#one', 'Why: c', 'Rule: p#two', 'Why: d'],
    ],
    [
      'the deciding rule apart, where another one gives the reason',
      { reasons: ['a'], reasonRules: ['p#two'], reasonFrom: 'p#one' },
      ['Why: a', 'Rule: p#two', 'Decided by the rule: p#one'],
    ],
    [
      'the deciding rule, where none gives a reason',
      { reasons: [], reasonRules: [], reasonFrom: 'p#one' },
      ['Why: your policies want a human to see this.', 'Rule: p#one'],
    ],
    ['no rule, where the guard itself gives the reason', { reasons: ['a'], reasonRules: [''] }, ['Why: a']],
  ])('the dialog names %s', (_what, changes, lines) => {
    const bare: ApprovalRequest = { ...request };
    Reflect.deleteProperty(bare, 'reasonFrom');
    const { detail } = questionAbout({ ...bare, ...changes }, t);
    expect(detail.split('\n\n')[0]?.split('\n')).toEqual(lines);
  });

  test('the dialog gives a reason even if no policy does', () => {
    const { detail } = questionAbout({ ...request, reasons: [] }, t);
    expect(detail).toMatch(/^Why: your policies want a human to see this\.\n/);
  });

  test('the dialog stays small enough to leave the buttons on screen', () => {
    const long = 'x'.repeat(100_000);
    const { detail, title } = questionAbout(
      {
        ...request,
        tool: { name: long, title: long },
        reasons: Array.from({ length: 50 }, () => long),
        workspaceReasons: Array.from({ length: 50 }, () => long),
        arguments: Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${i}${long}`, long])),
        agent: { ...claimed, name: long },
      },
      t,
    );
    expect(detail.split('\n').length).toBeLessThan(30);
    expect(detail.length).toBeLessThan(6000);
    expect(title.length).toBeLessThan(300);
  });
});

describe('where paths lead', () => {
  test('a path that leads out of the workspace is reported, behind whatever link or padding', () => {
    const { detail } = questionAbout({ ...request, request: leadingOut }, t);
    expect(detail).toContain('  → path: leads to "/home/alice/.ssh/id"');
  });

  test('a path that can not be followed is reported, and shown as data', () => {
    const paths = [
      { argument: 'a\nServer: b', path: '', inWorkspace: false },
      ...Array.from({ length: 5 }, (_, index) => ({
        argument: 'p',
        path: `/${index}\n`,
        inWorkspace: false,
      })),
      { argument: 'inside', path: '/ws/a', inWorkspace: true },
    ];
    const { detail } = questionAbout({ ...request, request: { resource: { attr: { paths } } } }, t);
    expect(detail).toContain('  → a‹U+000A›Server: b: it can not be told where it leads');
    expect(detail).toContain('  → p: leads to "/2\\n"\n  → … and 2 more paths out of the workspace');
    expect(detail).not.toContain('inside');
  });
});

describe('the dialog about several calls', () => {
  test('affected arguments come first, so that the order of arguments hides nothing', () => {
    const args = { content: 'x'.repeat(500), path: 'src/a.ts' };
    const calls = [1, 2].map((id) => ({ ...request, id: String(id), arguments: args }));
    const { detail } = questionAboutSeveral(calls, request.agent, t);
    expect(detail).toContain('  • delete_repo of github: path: "src/a.ts", content: "xxx');
    expect(alike(calls)).toBe(true);
  });

  const second = { ...request, id: '2', arguments: { repo: 'other' } };

  test('the dialog about several calls lists each call', () => {
    const question = questionAboutSeveral([request, second], request.agent, t);
    expect(question.title).toBe('Claude Code wants to make 2 calls');
    expect(question.detail).toContain('  • delete_repo of github: owner: "acme", repo: "shop", token: "•••"');
    expect(question.detail).toContain('  • delete_repo of github: repo: "other"');
    expect(question.detail).toContain('“Allow all once” allows exactly these 2 calls, each once.');
  });

  test('the first and the second button of the dialog about several calls grant nothing', () => {
    const { buttons } = questionAboutSeveral([request, second], request.agent, t);
    expect(buttons.map(({ choice }) => choice)).toEqual(['deny', 'details', 'one-by-one', 'allow-all-once']);
  });

  test.each<[string, ApprovalRequest]>([
    ['another tool', { ...request, tool: { name: 'create_repo' } }],
    ['another server', { ...request, server: { ...request.server, fingerprint: 'g' } }],
    ['another reason', { ...request, reasons: ['other'] }],
    ['the same reason of another rule', { ...request, reasonRules: ['p#other'] }],
    ['a reason of the repository', { ...request, workspaceReasons: ['other'] }],
    ['a higher level', { ...request, level: 2 }],
    ['another kind', { ...request, kind: 'mcp:resource' }],
    ['a path that is cut', { ...request, arguments: { path: `a/${'./'.repeat(200)}b` } }],
    ['more arguments than are shown', { ...request, arguments: numbered(9) }],
    ['a path out of the workspace', { ...request, request: leadingOut }],
  ])('no yes to all is offered when one of the calls has %s', (_what, different) => {
    expect(alike([request, different])).toBe(false);
    expect(questionAboutSeveral([request, different], request.agent, t).buttons).toHaveLength(3);
  });

  test('no yes to all is offered when there are more calls than the dialog can list', () => {
    expect(alike(Array.from({ length: 10 }, () => request))).toBe(true);
    const many = Array.from({ length: 11 }, () => request);
    expect(alike(many)).toBe(false);
    expect(questionAboutSeveral(many, request.agent, t).detail).toContain('… and 1 more.');
  });
});
