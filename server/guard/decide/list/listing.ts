import { checkPartially } from '../../../policy';
import type { PolicySet } from '../../../policy';
import type { JsonObject } from '../../../protocol';
import { undeclared } from '../../request/annotations';
import { scopeOf } from '../../request/scope';
import type { ToolBook } from '../gather/tool-book';
import type { Layers } from '../policies/layers';

/** How tools are shown to the client. */
interface ListingOptions {
  readonly server: string;
  readonly book: ToolBook;
  readonly layers: Layers;
  /** The guard asks instead of VS Code: tools are shown as read-only and closed-world. */
  readonly replacePrompts: boolean;
}

/**
 * The tools that an agent may see, as a human accepted them: none of a server that nobody has accepted, none that the
 * server has added since, none that a rule denies whatever the call. Without usable policies all that are accepted are
 * shown, since every call is refused with the reason.
 *
 * Returns the very array it was given when nothing changes.
 */
export function listTools(tools: readonly JsonObject[], options: ListingOptions): readonly JsonObject[] {
  const byName = new Map<unknown, JsonObject[]>();
  for (const tool of tools) {
    const namesakes = byName.get(tool['name']) ?? [];
    namesakes.push(tool);
    byName.set(tool['name'], namesakes);
  }
  const shown = tools.flatMap((tool) => {
    const name = tool['name'];
    if (typeof name !== 'string' || isHidden(name, options)) {
      return [];
    }
    const accepted = asAccepted(name, tool, byName.get(name) ?? [], options.book);
    return accepted === undefined ? [] : [options.replacePrompts ? withoutPrompts(accepted) : accepted];
  });
  const same = shown.length === tools.length && shown.every((tool, index) => tool === tools[index]);
  return same ? tools : shown;
}

function isHidden(tool: string, { layers, server }: ListingOptions): boolean {
  if (layers.kind === 'broken') {
    return false;
  }
  const said = (name: string): readonly Said[] =>
    layers.policyLayers
      .filter((each) => each.name === name)
      .map(({ set }) => whateverTheCall(set, server, tool));
  const user = said('user');
  // What the base denies the user's rules may allow.
  const base = user.every((each) => each === 'nothing') ? said('base') : [];
  const others = layers.policyLayers.filter(({ name }) => name !== 'user' && name !== 'base');
  return (
    [...user, ...base].includes('no') || others.some(({ set }) => whateverTheCall(set, server, tool) === 'no')
  );
}

/** Inputs that are unknown while listing, before any call; `now()` is unknown as well. */
const unknowns = ['principal.id', 'principal.attr', 'resource.attr', 'request.auxData'];

/** One policy set's decision on all calls of a tool: an explicit denial, no rule, or not the same for every call. */
type Said = 'no' | 'nothing' | 'depends';

/** Evaluates partially. Only an explicit denial hides a tool; the absence of an allowing rule does not. */
function whateverTheCall(set: PolicySet, server: string, tool: string): Said {
  const input = {
    principal: { id: '', roles: ['agent'] },
    resource: { kind: 'mcp:tool', id: `${server}/${tool}`, scope: scopeOf(server) },
    actions: [tool],
  };
  const options = { strictEvaluation: true, lenientScopeSearch: true, unknowns };
  const decision = checkPartially(set, input, options).actions[tool];
  if (decision?.effect !== 'EFFECT_DENY') {
    return 'depends';
  }
  return decision.explicit ? 'no' : 'nothing';
}

function asAccepted(
  name: string,
  tool: JsonObject,
  offered: readonly JsonObject[],
  book: ToolBook,
): JsonObject | undefined {
  const standing = book.standing(name, offered);
  switch (standing.kind) {
    case 'accepted':
      return tool;
    case 'reworded':
      return standing.accepted;
    case 'changed':
      // Only once, if the server offers several of that name.
      return offered[0] === tool ? standing.accepted : undefined;
    case 'unaccepted':
      return undefined;
  }
}

/** Hints that keep VS Code from asking, before or after the call, what the guard asks anyway. */
function withoutPrompts(tool: JsonObject): JsonObject {
  const declared = tool['annotations'];
  const isMap = typeof declared === 'object' && declared !== null && !Array.isArray(declared);
  const annotations = isMap ? (declared as JsonObject) : {};
  const { openWorldHint = undeclared.openWorldHint, readOnlyHint = undeclared.readOnlyHint } = annotations;
  if (readOnlyHint === true && openWorldHint === false) {
    return tool;
  }
  return { ...tool, annotations: { ...annotations, readOnlyHint: true, openWorldHint: false } };
}
