import { messageOf } from '../../../protocol';
import type { ToolSource } from '../../enforcer';
import { ambiguousArguments } from '../../request/ambiguous-arguments';
import { ownRefusal } from '../policies/decide';
import type { LayerStore } from '../policies/layers';
import { agentDigest } from './binding';
import type { Call, CallReader } from './call';
import type { PreparedCall, RejectedCall } from './prepared-call';
import type { ToolBook, ToolFacts } from './tool-book';

interface CallGathererParts {
  readonly book: ToolBook;
  readonly layers: LayerStore;
  readonly reader: CallReader;
  readonly toolSource: ToolSource;
}

/** Gathers everything that a call's decision depends on, apart from the session. */
export class CallGatherer {
  readonly #parts: CallGathererParts;

  constructor(parts: CallGathererParts) {
    this.#parts = parts;
  }

  /** Collects the facts of this moment, or why the call can't be put to policy at all. */
  async gather(call: Call): Promise<PreparedCall | RejectedCall> {
    const { book, layers, reader, toolSource } = this.#parts;
    let tool: ToolFacts | undefined;
    if (call.subject.kind === 'mcp:tool') {
      try {
        tool = book.facts(call.subject.name, await toolSource());
      } catch (error) {
        const reason = `the server's list of tools can't be read: ${messageOf(error)}`;
        return { call, rejected: ownRefusal('tools-unknown', reason) };
      }
    }
    const ambiguity = tool && ambiguousArguments(call.subject.args, tool.inputSchema);
    if (ambiguity !== undefined) {
      const reason = `the server could read other arguments than were decided on: ${ambiguity}`;
      return { call, rejected: ownRefusal('ambiguous-arguments', reason), advice: 'malformed' };
    }
    const current = layers.current();
    if (current.kind === 'broken') {
      return { call, rejected: ownRefusal('policies-unusable', current.reason) };
    }
    const surroundings = reader.surroundings(call, tool, book.accepted() !== undefined);
    const agent = agentDigest(call.agent);
    const binding = reader.binding(call, surroundings, tool?.rewording, agent, current.digest);
    return { call, tool, surroundings, layers: current, binding };
  }
}
