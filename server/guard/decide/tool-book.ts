import { readAccepted } from '../../protocol';
import type { AcceptedServer, JsonObject, StateLayout } from '../../protocol';
import { acceptedFile, messageOf } from '../../protocol';
import { sameInstructions, standingOf } from '../accept/pinning';
import type { Standing } from '../accept/pinning';
import { effectiveAnnotations } from '../request/annotations';
import type { EffectiveAnnotations } from '../request/annotations';
import { signatureOf } from './layers';

/** A tool as policies see it. */
export interface ToolFacts {
  readonly title?: string;
  readonly accepted: boolean;
  readonly changed: boolean;
  readonly annotations: EffectiveAnnotations;
  /** The schema that the call's arguments are compared with; undefined if the server offers no such tool. */
  readonly inputSchema: JsonObject | undefined;
}

/** What is known of a server's tools: what it offers, and what a human accepted. */
export class ToolBook {
  readonly #layout: StateLayout;
  readonly #acceptance: () => string | undefined;
  readonly #log: (line: string) => void;
  #signature: string | undefined;
  #accepted: AcceptedServer | undefined;
  #instructions: string | undefined;

  /** @param acceptance the digest that the server's acceptance is recorded under; undefined if none can be */
  constructor(layout: StateLayout, acceptance: () => string | undefined, log: (line: string) => void) {
    this.#layout = layout;
    this.#acceptance = acceptance;
    this.#log = log;
  }

  /** Takes the server's instructions from its `initialize` result: they are pinned like the tools. */
  initialized(result: JsonObject): void {
    const { instructions } = result;
    this.#instructions = typeof instructions === 'string' ? instructions : '';
  }

  /** Changes whenever a human accepts something. */
  signature(): string {
    const acceptance = this.#acceptance();
    return acceptance === undefined ? 'none' : signatureOf(acceptedFile(this.#layout, acceptance));
  }

  /** What a human accepted of this server. A damaged record counts as none. */
  accepted(): AcceptedServer | undefined {
    const signature = this.signature();
    if (signature !== this.#signature) {
      this.#signature = signature;
      try {
        const acceptance = this.#acceptance();
        this.#accepted = acceptance === undefined ? undefined : readAccepted(this.#layout, acceptance);
      } catch (error) {
        this.#accepted = undefined;
        this.#log(messageOf(error));
      }
    }
    return this.#accepted;
  }

  /**
   * How a tool stands.
   * @param offered the definitions that the server offers under this name: more than one is no definition at all
   * @param names the names of all tools that the server offers
   */
  standing(name: string, offered: readonly JsonObject[], names: readonly string[]): Standing {
    const accepted = this.accepted();
    const definition = offered.length === 1 ? offered[0] : undefined;
    const others = names.filter((other) => other !== name);
    const standing = standingOf(name, definition, accepted, others);
    const instructed =
      accepted === undefined ||
      this.#instructions === undefined ||
      sameInstructions(this.#instructions, accepted, names);
    return standing.kind === 'accepted' && !instructed
      ? { kind: 'changed', accepted: standing.accepted }
      : standing;
  }

  /** A tool as policies see it. */
  facts(name: string, tools: readonly JsonObject[]): ToolFacts {
    const offered = tools.filter((tool) => tool['name'] === name);
    const standing = this.standing(name, offered, namesOf(tools));
    const [definition] = offered;
    const title = definition?.['title'];
    const schema = definition?.['inputSchema'];
    return {
      ...(typeof title === 'string' ? { title } : {}),
      accepted: standing.kind !== 'unaccepted',
      changed: standing.kind === 'changed',
      annotations: effectiveAnnotations(
        standing.kind === 'accepted' ? standing.accepted.definition : undefined,
      ),
      inputSchema:
        typeof schema === 'object' && schema !== null && !Array.isArray(schema)
          ? (schema as JsonObject)
          : undefined,
    };
  }
}

/** The names of tools, as far as they have one. */
export function namesOf(tools: readonly JsonObject[]): readonly string[] {
  return tools.flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
}
