import type { JsonObject } from '../../protocol';
import type { Enforcer } from '../enforcer';
import { errorAnswer, errorCodes } from './answers';
import type { Fate } from './arrival';
import { isObject } from './message';
import type { AnswerMessage } from './message';
import type { PendingRequest } from './peer';
import type { ToolListFilter } from './tool-list';

/** An error that carries questions to the user, undecided (MCP 2025-11-25, "URL Elicitation Required Error"). */
const urlElicitationRequired = -32042;

/** Looks at what an upstream answers: learns from it, and changes lists of tools; nothing else. */
export class UpstreamAnswers {
  readonly #enforcer: Enforcer;
  readonly #toolList: ToolListFilter;
  #announcesToolChanges = false;

  constructor(enforcer: Enforcer, toolList: ToolListFilter) {
    this.#enforcer = enforcer;
    this.#toolList = toolList;
  }

  /**
   * True if the upstream declared `tools.listChanged`: only then may a client be told that a policy changed its list.
   * The capability is not added to what the upstream declares, since clients are promised its own answer.
   */
  get announcesToolChanges(): boolean {
    return this.#announcesToolChanges;
  }

  /** What the client gets for an answer to one of its requests. */
  fate(line: Buffer, message: AnswerMessage, request: PendingRequest): Fate {
    const { error, result } = message.value;
    if (isObject(error) && error['code'] === urlElicitationRequired) {
      const text = 'not-supported-yet: the server asks to open a page, which Gatehouse can not decide yet';
      return errorAnswer(request.id.text, errorCodes.notSupportedYet, text);
    }
    if (!isObject(result)) {
      return 'pass';
    }
    if (Object.hasOwn(result, 'inputRequests') || result['resultType'] === 'input_required') {
      // Questions inside a result would reach the client undecided (protocol 2026-07-28).
      const text =
        'not-supported-yet: the server asks for input in a result, which Gatehouse can not decide yet';
      return errorAnswer(request.id.text, errorCodes.notSupportedYet, text);
    }
    switch (request.method) {
      case 'initialize':
        this.#announcesToolChanges = declaresToolChanges(result);
        this.#enforcer.initialized(result);
        return 'pass';
      case 'tools/list':
        return this.#list(line, message, request);
      default:
        return 'pass';
    }
  }

  #list(line: Buffer, message: AnswerMessage, request: PendingRequest): Fate {
    const cursor = isObject(request.params) ? request.params['cursor'] : undefined;
    const shown = this.#toolList.show(line, message, cursor);
    switch (shown.kind) {
      case 'unchanged':
        return 'pass';
      case 'changed':
        return shown.message;
      case 'malformed': {
        const text = `The server's list of tools can't be passed on: ${shown.reason}`;
        return errorAnswer(request.id.text, errorCodes.lost, text);
      }
    }
  }
}

function declaresToolChanges(result: JsonObject): boolean {
  const { capabilities } = result;
  const tools = isObject(capabilities) ? capabilities['tools'] : undefined;
  return isObject(tools) && tools['listChanged'] === true;
}
