import type { YamlDocument, YamlFile } from './node';
import { parseYaml } from './parse';

/**
 * The documents of a text as trees. They are several times as large as all else that is known of a file, and needed only
 * now and then, so that they are read again when asked for, and let go when memory is wanted.
 */
export class YamlTrees {
  readonly #text: string;
  #file: WeakRef<YamlFile> | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** One of the documents, when asked for. */
  lazily(index: number): () => YamlDocument {
    return () => this.document(index);
  }

  /** @throws RangeError if the text has no such document */
  document(index: number): YamlDocument {
    let file = this.#file?.deref();
    if (!file) {
      file = parseYaml(this.#text);
      this.#file = new WeakRef(file);
    }
    const document = file.documents[index];
    if (!document) {
      throw new RangeError(`the text has no document ${index}`);
    }
    return document;
  }
}
