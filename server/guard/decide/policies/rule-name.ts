/**
 * A rule's fully qualified name in words.
 * @param rule as Cerbos names it, e.g. `resource.mcp_tool.vdefault#writes`
 * @returns e.g. `writes of resource.mcp_tool.vdefault`; a name of another form as it is
 */
export function ruleInWords(rule: string): string {
  const hash = rule.indexOf('#');
  return hash < 0 ? rule : `${rule.slice(hash + 1)} of ${rule.slice(0, hash)}`;
}
