import { isJsonObject } from '../../protocol';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject, JsonValue } from '../../protocol';

/**
 * The client's roots (MCP 2025-11-25, "Roots"), learned from answers to the upstream's own question that pass by, and
 * asked for by the guard only if a decision needs them and nobody has asked yet.
 */
export class Roots {
  readonly #ask: () => Promise<JsonObject>;
  #declared = false;
  #known: readonly string[] | undefined;
  #asking: Promise<readonly string[]> | undefined;

  /** @param ask sends `roots/list` to the client and resolves with its result */
  constructor(ask: () => Promise<JsonObject>) {
    this.#ask = ask;
  }

  /** The client said in `initialize` that it has roots. */
  declared(): void {
    this.#declared = true;
  }

  /** A `roots/list` result of the client. */
  learned(result: JsonObject): void {
    this.#known = pathsOf(result);
  }

  /** The client said that its roots changed. */
  changed(): void {
    this.#known = undefined;
    this.#asking = undefined;
  }

  /** The roots if they are known already; sends no request to the client. */
  get known(): readonly string[] | undefined {
    return this.#known;
  }

  /** `undefined` if the client has no such thing; empty if it does not tell them. */
  async paths(): Promise<readonly string[] | undefined> {
    if (this.#known !== undefined) {
      return this.#known;
    }
    if (!this.#declared) {
      return undefined;
    }
    this.#asking ??= this.#fetch();
    return this.#asking;
  }

  async #fetch(): Promise<readonly string[]> {
    try {
      this.learned(await this.#ask());
    } catch {
      // Not asked again for every call: a client that does not answer costs each of them a time-out.
      this.#known ??= [];
    }
    return this.#known ?? [];
  }
}

function pathsOf(result: JsonObject): readonly string[] {
  const { roots } = result;
  return Array.isArray(roots)
    ? (roots as readonly JsonValue[]).flatMap((root) => (isJsonObject(root) ? pathOf(root['uri']) : []))
    : [];
}

/** The path that a root names; nothing for other places, or for a URI that no file can have. */
function pathOf(uri: JsonValue | undefined): readonly string[] {
  if (typeof uri !== 'string' || !/^file:/i.test(uri)) {
    return [];
  }
  try {
    const path = fileURLToPath(uri);
    return isAbsolute(path) ? [path] : [];
  } catch {
    return [];
  }
}
