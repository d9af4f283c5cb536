import { isJsonObject } from '../../protocol';
import type { JsonObject, JsonValue } from '../../protocol';
import type { Enforcer, ListKind } from '../enforcer';
import { withMembers } from '../json/spans';
import { errorResponse, errorCodes } from '../pending/responses';
import type { Disposition } from './disposition';
import { listMethods } from './list-filter';
import type { ListFilter } from './list-filter';
import type { ResponseMessage } from '../receive/message';
import { nameProblem } from '../receive/names';
import type { PendingRequest } from '../pending/pending-requests';

/** An error that carries questions to the user, undecided (MCP 2025-11-25, "URL Elicitation Required Error"). */
const urlElicitationRequired = -32042;

/** The methods whose results describe the server, one for each era of the protocol. */
const aboutMethods: ReadonlySet<string> = new Set(['initialize', 'server/discover']);

const aboutNames: ReadonlySet<string> = new Set(['capabilities', 'instructions', 'serverInfo']);

/** The kinds of lists with `list_changed` notifications; also the names of the capabilities that declare them. */
const announced = ['tools', 'prompts', 'resources'] as const;
type Announced = (typeof announced)[number];

/**
 * Reads an upstream's responses: notes its capabilities, and rewrites lists and descriptions to the accepted form.
 */
export class UpstreamResponses {
  readonly #enforcer: Pick<Enforcer, 'accepted' | 'initialized'>;
  readonly #lists: ListFilter;
  readonly #announces = new Set<Announced>();

  constructor(enforcer: Pick<Enforcer, 'accepted' | 'initialized'>, lists: ListFilter) {
    this.#enforcer = enforcer;
    this.#lists = lists;
  }

  /**
   * The lists whose changes the client was promised to hear of: only of those may it be told. The capability is not
   * added to what an accepted upstream declares, since clients are promised its own answer.
   */
  get announces(): readonly Announced[] {
    return [...this.#announces];
  }

  /** The disposition of a response to one of the client's requests. */
  disposition(line: Buffer, message: ResponseMessage, request: PendingRequest): Disposition {
    const { error, result } = message.value;
    if (isJsonObject(error) && error['code'] === urlElicitationRequired) {
      const text = 'not-supported-yet: the server asks to open a page, which Gatehouse can not decide yet';
      return errorResponse(request.id.text, errorCodes.notSupportedYet, text);
    }
    const list = listMethods.get(request.method);
    const isAbout = aboutMethods.has(request.method);
    if (error !== undefined && (list !== undefined || isAbout) && !this.#enforcer.accepted) {
      return wordless(request, error);
    }
    if (!isJsonObject(result)) {
      return 'pass';
    }
    if (Object.hasOwn(result, 'inputRequests') || result['resultType'] === 'input_required') {
      // Questions inside a result would reach the client undecided (protocol 2026-07-28).
      const text =
        'not-supported-yet: the server asks for input in a result, which Gatehouse can not decide yet';
      return errorResponse(request.id.text, errorCodes.notSupportedYet, text);
    }
    if (isAbout) {
      return this.#about(line, message, request, result);
    }
    return list === undefined ? 'pass' : this.#list(list, line, message, request);
  }

  #about(line: Buffer, { span }: ResponseMessage, request: PendingRequest, result: JsonObject): Disposition {
    const problem = nameProblem(result, aboutNames);
    if (problem !== undefined) {
      const text = `What the server says of itself can't be passed on: ${problem}`;
      return errorResponse(request.id.text, errorCodes.lost, text);
    }
    const shown = this.#enforcer.initialized(result);
    this.#announces.clear();
    announced.filter((kind) => announcesChanges(shown, kind)).forEach((kind) => this.#announces.add(kind));
    const at = span.members.get('result');
    if (shown === result || at === undefined) {
      return 'pass';
    }
    const names = new Set([...Object.keys(result), ...Object.keys(shown)]);
    const changes = new Map(
      [...names]
        .filter((name) => JSON.stringify(shown[name]) !== JSON.stringify(result[name]))
        .map((name) => [name, Object.hasOwn(shown, name) ? JSON.stringify(shown[name]) : undefined]),
    );
    const changed = withMembers(line.subarray(at.start, at.end), changes);
    return Buffer.concat([line.subarray(span.start, at.start), changed, line.subarray(at.end, span.end)]);
  }

  #list(kind: ListKind, line: Buffer, message: ResponseMessage, request: PendingRequest): Disposition {
    const cursor = isJsonObject(request.params) ? request.params['cursor'] : undefined;
    const shown = this.#lists.show(kind, line, message, cursor);
    switch (shown.kind) {
      case 'unchanged':
        return 'pass';
      case 'changed':
        return shown.message;
      case 'malformed': {
        const text = `The server's list can't be passed on: ${shown.reason}`;
        return errorResponse(request.id.text, errorCodes.lost, text);
      }
    }
  }
}

function announcesChanges({ capabilities }: JsonObject, kind: Announced): boolean {
  const capability = isJsonObject(capabilities) ? capabilities[kind] : undefined;
  return isJsonObject(capability) && capability['listChanged'] === true;
}

/** An error without the words of a server that nobody has accepted. */
function wordless(request: PendingRequest, error: JsonValue): Buffer {
  const code = isJsonObject(error) ? error['code'] : undefined;
  const known = typeof code === 'number' && Number.isInteger(code) ? code : errorCodes.lost;
  const text =
    'The server answered with an error. What it says is not shown before a person has accepted it.';
  return errorResponse(request.id.text, known, text);
}
