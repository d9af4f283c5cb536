/** The file that *Edit My Policies…* creates if there are no policies. */
export const starterPolicy = {
  name: 'mcp_tool.yaml',
  text: `# Your rules for tool calls. They come before the built-in ones: what a rule here allows or denies is decided, and
# where none says anything the built-in rules decide. Guardrails stay in any case.
# They are in force once you activate them: "Gatehouse: Review and Activate Changes…".
apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: mcp:tool
  version: default
  rules: []
`,
} as const;
