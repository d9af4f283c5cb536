import { acceptedFile, digestOfJson, messageOf, readAccepted } from '../../../protocol';
import type { AcceptedServer, JsonObject, JsonValue, StateLayout, TextChange } from '../../../protocol';
import { aboutChanges, aboutOf, standingOf } from '../../accept/pinning';
import type { Standing } from '../../accept/pinning';
import type { DeclaredHints } from '../../facts/call-effect';
import { declaredHints, effectiveAnnotations } from '../../request/annotations';
import type { EffectiveAnnotations } from '../../request/annotations';
import { signatureOf } from '../policies/layers';

/** A tool as policies see it. */
export interface ToolFacts {
  readonly title?: string;
  readonly accepted: boolean;
  readonly changed: boolean;
  /** Present if the server's texts differ from the accepted ones while the tool works as accepted. */
  readonly rewording?: Rewording;
  readonly annotations: EffectiveAnnotations;
  /** Empty unless the tool works as accepted. */
  readonly declared: DeclaredHints;
  /** The schema that the call's arguments are compared with; undefined if the server offers no such tool. */
  readonly inputSchema: JsonObject | undefined;
}

/** A server's new words, which agents are not shown, and which a person may not have heard of yet. */
export interface Rewording {
  /** Of the server's own words and of the tool's, whichever changed. */
  readonly digests: readonly string[];
  readonly changes: readonly TextChange[];
  /** A person has allowed a call that told of exactly these changes. */
  readonly noticed: boolean;
}

/** Rewordings that are remembered as noticed; whoever changes the words for ever is asked about for ever. */
const mostNoticed = 1_000;

/**
 * Compares the tools that a server offers with those that a human accepted, and keeps which rewordings were noticed.
 */
export class ToolBook {
  readonly #layout: StateLayout;
  readonly #acceptance: () => string | undefined;
  readonly #log: (line: string) => void;
  readonly #noticed = new Set<string>();
  #signature: string | undefined;
  #accepted: AcceptedServer | undefined;
  #about: JsonObject | undefined;

  /** @param acceptance the digest that the server's acceptance is recorded under; undefined if none can be */
  constructor(layout: StateLayout, acceptance: () => string | undefined, log: (line: string) => void) {
    this.#layout = layout;
    this.#acceptance = acceptance;
    this.#log = log;
  }

  /** Keeps the server's own texts from its `initialize` result, which are pinned like those of its tools. */
  initialized(result: JsonObject): void {
    this.#about = aboutOf(result);
  }

  /** Changes whenever a human accepts something. */
  signature(): string {
    const acceptance = this.#acceptance();
    return acceptance === undefined ? 'none' : signatureOf(acceptedFile(this.#layout, acceptance));
  }

  /** Reads the acceptance record again whenever its file changes. A damaged record counts as none and is logged. */
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
   */
  standing(name: string, offered: readonly JsonObject[]): Standing {
    return standingOf(name, offered.length === 1 ? offered[0] : undefined, this.accepted());
  }

  /** A tool as policies see it. */
  facts(name: string, tools: readonly JsonObject[]): ToolFacts {
    const offered = tools.filter((tool) => tool['name'] === name);
    const standing = this.standing(name, offered);
    // What works as was accepted is what was accepted, its title and its schema's prose included.
    const works = standing.kind === 'accepted' || standing.kind === 'reworded';
    const definition = works ? standing.accepted : offered[0];
    const title = definition?.['title'];
    const rewording = this.#rewording(standing);
    return {
      ...(typeof title === 'string' ? { title } : {}),
      accepted: standing.kind !== 'unaccepted',
      changed: standing.kind === 'changed',
      ...(rewording === undefined ? {} : { rewording }),
      annotations: effectiveAnnotations(works ? standing.accepted : undefined),
      declared: declaredHints(works ? standing.accepted : undefined),
      inputSchema: asObject(definition?.['inputSchema']),
    };
  }

  /** A person has allowed a call of a tool and was told of its rewording. */
  notice({ digests }: Rewording): void {
    if (this.#noticed.size < mostNoticed) {
      digests.forEach((digest) => this.#noticed.add(digest));
    }
  }

  #rewording(standing: Standing): Rewording | undefined {
    const server = this.accepted();
    if (server === undefined || (standing.kind !== 'accepted' && standing.kind !== 'reworded')) {
      return undefined;
    }
    const about = this.#about === undefined ? [] : aboutChanges(this.#about, server);
    const changes = [...about, ...(standing.kind === 'reworded' ? standing.changes : [])];
    if (changes.length === 0) {
      return undefined;
    }
    // Of the server's own words a person hears once, not once a tool.
    const digests = [about, changes.slice(about.length)]
      .filter((part) => part.length > 0)
      .map((part) => digestOfJson(part as unknown as JsonValue));
    return { digests, changes, noticed: digests.every((digest) => this.#noticed.has(digest)) };
  }
}

function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}
