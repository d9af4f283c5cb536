import type { FileTexts } from './texts/file-texts';
import { isCandidate } from './texts/candidates';
import { looseFolder } from './workspace/layout';
import { isPolicy } from './workspace/traits';
import type { Workspace } from './workspace/workspace';

/**
 * The folders that are looked into: the workspace's, and around policies that are open but lie in no workspace folder,
 * as the user's own do.
 */
export class Folders {
  readonly #texts: FileTexts;
  readonly #workspace: Workspace;
  readonly #changed: (loose: readonly string[]) => void;
  #own: readonly string[] = [];
  /** They stay when their files are closed: what depends on them is still shown. */
  readonly #loose = new Set<string>();

  /** @param changed - told of the folders outside the workspace whenever there are others */
  constructor(texts: FileTexts, workspace: Workspace, changed: (loose: readonly string[]) => void) {
    this.#texts = texts;
    this.#workspace = workspace;
    this.#changed = changed;
  }

  /** The workspace's folders are now these. */
  set(own: readonly string[]): void {
    this.#own = own;
    this.#update();
  }

  /** Some of the workspace's folders came, some went. */
  change(came: readonly string[], gone: readonly string[]): void {
    this.set([...new Set([...this.#own.filter((each) => !gone.includes(each)), ...came])]);
  }

  /** The editor shows a file, or its text changed there. */
  edited(path: string, text: string): void {
    if (!this.#isOutside(path) || !isCandidate(path) || !isPolicy(path, text)) {
      return;
    }
    const folder = looseFolder(path, this.#workspace.settings.policies);
    if (this.#loose.has(folder)) {
      return;
    }
    this.#loose.add(folder);
    this.#update();
  }

  /**
   * A file was opened, saved or closed. Not every client watches folders outside the workspace, so that is also a reason
   * to look at what lies beside it.
   */
  visited(path: string): void {
    this.#texts.refresh(path);
    for (const folder of this.#loose) {
      if (path.startsWith(`${folder}/`)) {
        this.#texts.refresh(folder);
      }
    }
  }

  #update(): void {
    const loose = [...this.#loose].filter((folder) => this.#isOutside(folder));
    const all = [...this.#own, ...loose];
    this.#workspace.setFolders(all);
    this.#texts.setFolders(all);
    this.#changed(loose);
  }

  #isOutside(path: string): boolean {
    return !this.#own.some((folder) => path === folder || path.startsWith(`${folder}/`));
  }
}
