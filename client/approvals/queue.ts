import type { ApprovalAnswer, ApprovalRequest } from '../../server/protocol';
import type { Translate } from '../translate';
import { alike, questionAbout, questionAboutSeveral } from './question';
import type { Choice, Question } from './question';
import { placeFor, Turns } from './shares';

/** How far a person lets an answer reach. */
export type Bound = 'once' | 'session' | 'once-and-write-rule';

/** The windows of the queue. Every method resolves when the person is done with it, which may take hours. */
export interface ApprovalUi {
  /** One modal dialog; undefined when it was dismissed in any way. */
  ask(question: Question): Promise<Choice | undefined>;
  /** The bounds to choose from, in order; undefined when the person went back. */
  pickBound(request: ApprovalRequest, bounds: readonly Bound[]): Promise<Bound | undefined>;
  /** The whole requests in a read-only document; resolves when that is left. */
  showDetails(requests: readonly ApprovalRequest[]): Promise<void>;
  /** Opens a rule that would have allowed the request, for the person to edit and activate. */
  writeRule(request: ApprovalRequest): Promise<void>;
  /** All questions about these requests are over. */
  done(requests: readonly ApprovalRequest[]): void;
}

interface QueueOptions {
  readonly ui: ApprovalUi;
  readonly t: Translate;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<void>;
  /** Who answers in this window. */
  readonly approver: string;
  readonly onError: (error: unknown) => void;
}

/** A yes that comes sooner than this after the dialog can first have been seen is taken for a stray key. */
export const shortestThought = 700;
/** How long keys may rain down before the question is put again. */
export const strayPause = 1000;
/** How long the first question waits for others that came at the same moment. */
const gatherPause = 200;

interface Entry {
  readonly request: ApprovalRequest;
  readonly guard: object;
  readonly settle: (answer: ApprovalAnswer) => void;
  /** True once the person wants to see it by itself. */
  alone: boolean;
  onScreen: boolean;
  withdrawn: boolean;
}

/**
 * The button that a person pressed. `tooFast`: it was pressed sooner than anybody can have read the question.
 */
interface Pressed<T> {
  readonly choice: T;
  readonly tooFast: boolean;
}

/**
 * The questions that wait for a person: one is shown at a time, agents take turns, and the calls of each are shown in
 * order of arrival. Denies whenever it is not certain that a person who could see the question said yes.
 */
export class ApprovalQueue {
  readonly #options: QueueOptions;
  #waiting: Entry[] = [];
  #current: Entry[] = [];
  readonly #turns = new Turns();
  #running = false;
  /** When whatever is on screen can first have been seen. */
  #visibleSince = 0;
  #disposed = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Calls that wait for an answer, the one on screen included. */
  get size(): number {
    return this.#waiting.length + this.#current.length;
  }

  /**
   * Asks when its turn comes. Never rejects.
   * @param guard whose question it is; a later question of the same `guard` and id is another one
   */
  submit(request: ApprovalRequest, guard: object): Promise<ApprovalAnswer> {
    const { digest } = request;
    const { t } = this.#options;
    if (this.#disposed) {
      return Promise.resolve({ outcome: 'unreachable', digest, why: t('The window is closing.') });
    }
    if (request.level !== 1) {
      const why = t('This version can ask for a confirmation only (level 1), and the policy wants more.');
      return Promise.resolve({ outcome: 'denied', digest, why });
    }
    const place = placeFor({ request, guard }, this.#waiting, this.#current);
    if (place.kind !== 'free') {
      const tooMany = t('More than {0} calls wait for a human already.', place.limit);
      if (place.kind === 'none') {
        return Promise.resolve({ outcome: 'denied', digest, why: tooMany });
      }
      const { other } = place;
      this.#waiting = this.#waiting.filter((entry) => entry !== other);
      other.settle({ outcome: 'denied', digest: other.request.digest, why: tooMany });
    }
    return new Promise((settle) => {
      this.#waiting.push({ request, guard, settle, alone: false, onScreen: false, withdrawn: false });
      this.#start();
    });
  }

  /**
   * Takes a question back. If a dialog shows it, it stays there, and its answer comes late; else it is answered
   * `withdrawn` now.
   */
  withdraw(guard: object, id: string): void {
    for (const entry of [...this.#waiting, ...this.#current]) {
      if (entry.guard === guard && entry.request.id === id) {
        this.#withdrawEntry(entry);
      }
    }
  }

  /** Takes back whatever a guard asked that is gone. */
  withdrawAll(guard: object): void {
    this.#turns.forget(guard);
    for (const entry of [...this.#waiting, ...this.#current]) {
      if (entry.guard === guard) {
        this.#withdrawEntry(entry);
      }
    }
  }

  /** The window got the focus, so that a dialog in it may be seen only from now on. */
  windowFocused(): void {
    this.#visibleSince = this.#options.now();
  }

  /** Answers everything with a no, and asks nothing any more. */
  dispose(): void {
    this.#disposed = true;
    const why = this.#options.t('The window is closing.');
    for (const entry of [...this.#waiting.splice(0), ...this.#current]) {
      entry.settle({ outcome: 'unreachable', digest: entry.request.digest, why });
    }
  }

  #withdrawEntry(entry: Entry): void {
    entry.withdrawn = true;
    if (!entry.onScreen) {
      this.#waiting = this.#waiting.filter((other) => other !== entry);
      this.#settleWithdrawn(entry);
    }
  }

  #settleWithdrawn(entry: Entry): void {
    const why = this.#options.t('The question was taken back before anybody saw it.');
    entry.settle({ outcome: 'withdrawn', digest: entry.request.digest, why });
  }

  #start(): void {
    if (!this.#running) {
      this.#running = true;
      this.#run().then(
        () => {
          this.#running = false;
        },
        (error: unknown) => {
          this.#running = false;
          this.#options.onError(error);
        },
      );
    }
  }

  async #run(): Promise<void> {
    // Calls that an agent makes at once reach the window one after the other.
    await this.#options.pause(gatherPause);
    while (this.#waiting.length > 0) {
      this.#current = this.#takeNext();
      const requests = this.#current.map(({ request }) => request);
      try {
        await (this.#current.length === 1 ? this.#decideOne() : this.#decideSeveral());
      } catch (error) {
        this.#options.onError(error);
        this.#denyCurrent(this.#options.t('The question could not be shown.'));
      }
      this.#current = [];
      this.#options.ui.done(requests);
    }
  }

  /** The one whose turn it is, with all others of the same agent that may be asked about together. */
  #takeNext(): Entry[] {
    const next = this.#turns.next(this.#waiting);
    if (next === undefined) {
      return [];
    }
    const agent = agentKey(next.request);
    const taken = next.alone
      ? [next]
      : this.#waiting.filter(({ alone, request }) => !alone && agentKey(request) === agent);
    this.#waiting = this.#waiting.filter((entry) => !taken.includes(entry));
    return taken;
  }

  async #decideOne(): Promise<void> {
    const { t, ui } = this.#options;
    let strays = 0;
    while (this.#anyLeft()) {
      const [entry] = this.#current;
      if (entry === undefined) {
        return;
      }
      const pressed = await this.#ask(questionAbout(entry.request, t, strays > 0 ? 'too-fast' : undefined));
      const answer =
        pressed.choice === 'allow-with-bounds' && !pressed.tooFast ? await this.#pickBound(entry) : pressed;
      switch (answer.choice) {
        case 'back':
          break;
        case 'details':
          await ui.showDetails([entry.request]);
          break;
        case 'allow-once':
        case 'allow-with-bounds':
        case 'once':
        case 'session':
        case 'once-and-write-rule':
          if (answer.tooFast) {
            strays += 1;
            if (await this.#strayEnds(strays)) {
              return;
            }
            break;
          }
          this.#grantCurrent(answer.choice === 'session' ? 'session' : 'once');
          if (answer.choice === 'once-and-write-rule') {
            await ui.writeRule(entry.request);
          }
          return;
        default:
          this.#denyCurrent(t('{0} said no.', this.#options.approver));
          return;
      }
    }
  }

  async #decideSeveral(): Promise<void> {
    const { t, ui } = this.#options;
    let strays = 0;
    while (this.#anyLeft()) {
      const [first, second] = this.#current;
      if (first === undefined || second === undefined) {
        await this.#decideOne();
        return;
      }
      const requests = this.#current.map(({ request }) => request);
      const repeat = strays > 0 ? 'too-fast' : undefined;
      const answer = await this.#ask(questionAboutSeveral(requests, first.request.agent, t, repeat));
      switch (answer.choice) {
        case 'details':
          await ui.showDetails(requests);
          break;
        case 'one-by-one':
          this.#putBackOneByOne();
          return;
        case 'allow-all-once':
          if (answer.tooFast || !alike(requests)) {
            strays += 1;
            if (await this.#strayEnds(strays)) {
              return;
            }
            break;
          }
          this.#grantCurrent('once');
          return;
        default:
          this.#denyCurrent(
            t('{0} said no to all {1} calls that waited.', this.#options.approver, requests.length),
          );
          return;
      }
    }
  }

  async #ask(question: Question): Promise<Pressed<Choice>> {
    const pressed = await this.#shown(() => this.#options.ui.ask(question));
    // Only what the dialog offered is an answer.
    const choice = question.buttons.find((button) => button.choice === pressed.choice)?.choice ?? 'deny';
    return { ...pressed, choice };
  }

  async #pickBound(entry: Entry): Promise<Pressed<'back' | Bound>> {
    const bounds: Bound[] = entry.request.remember.session
      ? ['once', 'session', 'once-and-write-rule']
      : ['once', 'once-and-write-rule'];
    if (entry.withdrawn) {
      // The call is gone: what is left to grant is at most its identical retry.
      return { choice: 'once', tooFast: false };
    }
    const pressed = await this.#shown(() => this.#options.ui.pickBound(entry.request, bounds));
    return { ...pressed, choice: bounds.find((bound) => bound === pressed.choice) ?? 'back' };
  }

  /** Marks what is on screen while it is, and notes whether it was answered sooner than it can have been read. */
  async #shown<T>(show: () => Promise<T>): Promise<Pressed<T>> {
    for (const entry of this.#current) {
      entry.onScreen = true;
    }
    this.#visibleSince = this.#options.now();
    const choice = await show();
    const tooFast = this.#options.now() - this.#visibleSince < shortestThought;
    for (const entry of this.#current) {
      entry.onScreen = false;
    }
    return { choice, tooFast };
  }

  /** After the first stray key: a pause, then one more try. After the second: a no. */
  async #strayEnds(strays: number): Promise<boolean> {
    if (strays > 1) {
      const why = this.#options.t('The yes came too fast to be meant, twice.');
      for (const entry of this.#current) {
        entry.settle({ ...this.#refusal(entry, why), outcome: 'too-fast' });
      }
      return true;
    }
    await this.#options.pause(strayPause);
    return false;
  }

  /** Forgets calls that were withdrawn and not answered: looking at details, or going back, is no answer. */
  #anyLeft(): boolean {
    for (const entry of this.#current) {
      if (entry.withdrawn) {
        this.#settleWithdrawn(entry);
      }
    }
    this.#current = this.#current.filter(({ withdrawn }) => !withdrawn);
    return this.#current.length > 0 && !this.#disposed;
  }

  #putBackOneByOne(): void {
    if (this.#anyLeft()) {
      for (const entry of this.#current) {
        entry.alone = true;
      }
      this.#waiting = [...this.#current, ...this.#waiting];
    }
    this.#current = [];
  }

  #grantCurrent(how: 'once' | 'session'): void {
    for (const { request, settle, withdrawn } of this.#current) {
      const approver = { name: this.#options.approver, via: 'window' as const };
      // A late yes is at most one for the identical retry, whatever was picked.
      settle({ outcome: 'granted', digest: request.digest, how: withdrawn ? 'once' : how, approver });
    }
  }

  #denyCurrent(why: string): void {
    for (const entry of this.#current) {
      entry.settle(this.#refusal(entry, why));
    }
  }

  #refusal({ request }: Entry, why: string): ApprovalAnswer & { outcome: 'denied' } {
    const approver = { name: this.#options.approver, via: 'window' as const };
    return { outcome: 'denied', digest: request.digest, why, approver };
  }
}

function agentKey({ agent }: ApprovalRequest): string {
  return JSON.stringify([agent.verified, agent.name ?? '', agent.version ?? '']);
}
