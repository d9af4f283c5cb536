import { expect } from 'vitest';
import type { ApprovalRequest } from '../../../server/protocol';
import { untranslated } from '../../../client/translate';
import type { Choice, Question } from '../../../client/approvals/question';
import { ApprovalQueue, shortestThought } from '../../../client/approvals/queue';
import type { ApprovalUi, Bound } from '../../../client/approvals/queue';

/** A person who answers when the test says so, and a clock that moves when the test says so. */
export class Person implements ApprovalUi {
  now = 1_000_000;
  /** Everything that was shown, in order. */
  shown: string[] = [];
  questions: Question[] = [];
  offered: (readonly Bound[])[] = [];
  rules: string[] = [];
  over: string[] = [];
  #answer: ((answer: never) => void) | undefined;

  ask(question: Question): Promise<Choice | undefined> {
    this.questions.push(question);
    return this.#show(question.title);
  }

  pickBound(_request: ApprovalRequest, bounds: readonly Bound[]): Promise<Bound | undefined> {
    this.offered.push(bounds);
    return this.#show('bounds');
  }

  showDetails(requests: readonly ApprovalRequest[]): Promise<void> {
    return this.#show(`details of ${requests.map(({ id }) => id).join()}`);
  }

  writeRule(request: ApprovalRequest): Promise<void> {
    this.rules.push(request.id);
    return Promise.resolve();
  }

  done(requests: readonly ApprovalRequest[]): void {
    this.over.push(...requests.map(({ id }) => id));
  }

  pauses: number[] = [];
  pause = async (ms: number): Promise<void> => {
    this.pauses.push(ms);
    this.now += ms;
    await Promise.resolve();
  };

  get isAsked(): boolean {
    return this.#answer !== undefined;
  }

  /** Answers what is on screen after `ms` milliseconds of thought. */
  async presses(answer: Choice | Bound | undefined, ms = shortestThought): Promise<void> {
    await settled();
    const give = this.#answer;
    if (give === undefined) {
      throw new Error('Nothing is on screen.');
    }
    this.#answer = undefined;
    this.now += ms;
    give(answer as never);
    await settled();
  }

  /** The question on screen once everything has settled; undefined if there is none. */
  async sees(): Promise<string | undefined> {
    await settled();
    return this.isAsked ? this.shown.at(-1) : undefined;
  }

  #show<T>(what: string): Promise<T> {
    expect(this.#answer, 'two things on screen').toBeUndefined();
    this.shown.push(what);
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }
}

/** Resolves when everything that can go on by itself has. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 50; i += 1) {
    await Promise.resolve();
  }
}

/** A request for approval. */
export function request(id: string, changes: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return {
    id,
    digest: `digest of ${id}`,
    level: 1,
    server: { name: 'files', origin: 'user', fingerprint: 'f' },
    tool: { name: 'write_file' },
    kind: 'mcp:tool',
    agent: { name: 'Copilot', verified: true, display: 'Copilot' },
    user: { name: 'alice' },
    arguments: { path: `/w/${id}.txt` },
    reasons: ['changes files'],
    remember: { session: false },
    request: {},
    ...changes,
  };
}

/** Changes a request into one of another agent. */
export const other = { agent: { name: 'Other', verified: true, display: 'Other' } };

/** A queue that asks a person, and gathers what goes wrong meanwhile. */
export function queueFor(person: Person, errors: unknown[]): ApprovalQueue {
  return new ApprovalQueue({
    ui: person,
    t: untranslated,
    now: () => person.now,
    pause: person.pause,
    approver: 'alice',
    onError: (error) => errors.push(error),
  });
}
