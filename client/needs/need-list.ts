/** The subjects of needs, the most urgent first. */
const needKinds = ['request', 'halt', 'twins', 'disable', 'changes', 'tools', 'trust'] as const;
export type NeedKind = (typeof needKinds)[number];

/**
 * Something that waits for a person and stays until they have answered.
 * @typeParam Tab what the window has for an open editor
 */
export interface Need<Tab = unknown> {
  /** Another need with the same id takes this one's place. */
  readonly id: string;
  readonly kind: NeedKind;
  readonly label: string;
  /** The whole story, a line each. */
  readonly detail: readonly string[];
  /** Called when a person selects it. Grants nothing by itself. */
  readonly open: () => unknown;
  /** Called on *Not Now*; missing if it can't be put off. */
  readonly putOff?: (() => unknown) | undefined;
  /** A question that is asked in a document of its own, whose title has the button for yes. */
  readonly question?: { readonly yes: () => unknown; readonly isAskedIn: (tab: Tab) => boolean } | undefined;
}

/** Everything that waits for a person, the most urgent first, of each kind the oldest first. */
export class NeedList<Tab = unknown> {
  readonly #needs = new Map<string, Need<Tab>>();

  get all(): readonly Need<Tab>[] {
    return [...this.#needs.values()].sort((a, b) => needKinds.indexOf(a.kind) - needKinds.indexOf(b.kind));
  }

  get(id: string): Need<Tab> | undefined {
    return this.#needs.get(id);
  }

  set(need: Need<Tab>): void {
    this.#needs.set(need.id, need);
  }

  /** @returns whether there was one */
  remove(id: string): boolean {
    return this.#needs.delete(id);
  }

  /** The need whose question is asked in an editor. */
  askedIn(tab: Tab | undefined): Need<Tab> | undefined {
    return tab === undefined ? undefined : this.all.find(({ question }) => question?.isAskedIn(tab) === true);
  }

  /**
   * Which question a button or command for a kind answers: the chosen one, else the one in the editor before the
   * person, else the only one there is.
   * @param chosen the entry that the button belongs to, if it belongs to one
   */
  answeredBy(kind: NeedKind, chosen: Need<Tab> | undefined, tab: Tab | undefined): Need<Tab> | undefined {
    const isOpen = (need: Need<Tab> | undefined): need is Need<Tab> =>
      need?.kind === kind && need.question !== undefined && this.#needs.get(need.id) === need;
    if (chosen !== undefined) {
      return isOpen(chosen) ? chosen : undefined;
    }
    const asked = this.askedIn(tab);
    if (isOpen(asked)) {
      return asked;
    }
    const open = this.all.filter(isOpen);
    return open.length === 1 ? open[0] : undefined;
  }
}

/** By which the view's menus know which buttons an entry has. */
export function menuKey<Tab>({ kind, putOff, question }: Need<Tab>): string {
  return ['need', kind, ...(question ? ['asked'] : []), ...(putOff ? ['later'] : [])].join('.');
}
