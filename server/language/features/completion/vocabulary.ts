import type { Located } from '../../../policy';
import { textAt } from '../../cursor/node-at';
import type { YamlPath } from '../../cursor/yaml-cursor';
import type { Attribute } from '../../workspace/attributes';
import { fixturesOf } from '../../workspace/fixtures';
import type { CompletionContext } from './completion-context';

/** Actions that the set's files speak of, for the kind of resource that the document is about where that shows. */
export function actionsFor({ set, cursor, root }: CompletionContext): readonly string[] {
  const kind = kindAround(cursor.path, (path) => textAt(root, path));
  const known = kind === undefined ? undefined : set.facts.actions(kind);
  return [...(known !== undefined && known.size > 0 ? known : set.facts.actions())];
}

/** The kind of resource that a rule is about: that of its policy, or its own. */
function kindAround(path: YamlPath, text: (path: YamlPath) => string | undefined): string | undefined {
  if (path[0] === 'resourcePolicy') {
    return text(['resourcePolicy', 'resource']);
  }
  const rules = path.indexOf('rules');
  return rules < 0 ? undefined : text([...path.slice(0, rules + 2), 'resource']);
}

/** The actions of the test that an expectation belongs to. */
export function actionsTried(context: CompletionContext): readonly string[] {
  const { cursor, document } = context;
  const at = cursor.path[1];
  if (document?.kind !== 'suite' || typeof at !== 'number') {
    return [];
  }
  const tried: readonly Located<string>[] =
    document.suite.tests?.value[at]?.value.input?.value.actions?.value ?? [];
  return tried.length > 0 ? tried.map(({ value }) => value) : actionsFor(context);
}

/** The attributes at the cursor in a fixture, from other fixtures of the same kind. */
export function attributesAt({ set, file, cursor, root }: CompletionContext): Attribute | undefined {
  const { path } = cursor;
  const attr = path.indexOf('attr');
  const [section] = path;
  if (attr < 0 || (section !== 'principals' && section !== 'resources')) {
    return undefined;
  }
  const kind =
    section === 'resources' ? (textAt(root, [...path.slice(0, attr), 'kind']) ?? kindOfFixture()) : undefined;
  if (section === 'resources' && kind === undefined) {
    return undefined;
  }
  let current: Attribute | undefined = kind === undefined ? set.facts.principal : set.facts.resources([kind]);
  for (const step of path.slice(attr + 1)) {
    current = typeof step === 'number' ? current?.element : current?.members.get(step);
  }
  return current;

  function kindOfFixture(): string | undefined {
    return fixturesOf(set, file, 'resources').get(String(path[1]))?.value.kind?.value;
  }
}
