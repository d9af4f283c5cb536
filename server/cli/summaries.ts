/** The commands of `gatehouse`, in the order in which help lists them, each with what it is for. */
export const summaries = {
  compile: 'compile policies and run their tests',
  check: 'answer CheckResources requests, one a line',
  plan: 'answer PlanResources requests, one a line',
  eval: 'evaluate CEL expressions, one a line',
  'explain-call': 'print the request that policies would see for a tool call',
  guard: 'run an MCP server behind the guard',
  accept: "show a server's tools and claims, and accept them",
  activate: 'put edited policies and guarded servers into force',
  session: 'look at the agent session, resume it, start a new one, revoke grants, unlock it',
  audit: 'verify, list, export or replay the audit trail',
  'language-server': 'serve diagnostics, completion and test results for policies to editors (LSP)',
} as const;

export type CommandName = keyof typeof summaries;
