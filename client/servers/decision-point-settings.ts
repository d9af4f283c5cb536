import type { DecisionPointSettings } from '../../server/protocol';

/** The part of `vscode.WorkspaceConfiguration` that is read. */
interface InspectedSettings {
  inspect(name: string): { readonly globalValue?: unknown } | undefined;
}

/**
 * The decision point that the user chose beside Gatehouse's own engine. Only user settings count, whatever VS Code makes
 * of a setting's scope: an agent can write to the workspace's.
 * @param settings of the section `gatehouse`
 */
export function chosenDecisionPoint(settings: InspectedSettings): DecisionPointSettings | undefined {
  const user = (name: string): unknown => settings.inspect(`decisionPoint.${name}`)?.globalValue;
  const kind = user('kind') ?? 'none';
  if (kind === 'none') {
    return undefined;
  }
  const [location, timeout] = [user('location'), user('timeout')];
  return {
    // A kind that is mistyped must not mean that none is asked: as a server at such an address it never answers.
    kind: kind === 'bundle' ? 'bundle' : 'server',
    location: kind === 'bundle' || kind === 'server' ? textOf(location) : `of the kind ${textOf(kind)}`,
    timeoutMs: secondsOf(timeout) * 1000,
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

function secondsOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(Math.max(value, 0.1), 60) : 2;
}
