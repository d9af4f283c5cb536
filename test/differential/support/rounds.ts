// Rounds of the comparison: each has a policy set and a seed of its own, and asks in some of the modes.
import type { CheckOutput, PolicySet } from '../../../server/policy';
import { Random } from '../../random';
import { compileGenerated, ours, sameAnswer, theirs } from './compare';
import type { Answer } from './compare';
import { generateSet } from './generate/generate-set';
import type { GeneratedSet } from './generate/draft';
import { oddNames } from './generate/odd-names';
import { generateRequest } from './generate/requests';
import type { GeneratedRequest } from './generate/requests';
import { removePolicies, startServer, writePolicies } from './server';
import type { Mode } from './server';
import { plainNames, secondVersion } from './generate/vocabulary';
import { filesOf } from './generate/written';

const globals = { stage: 'test', level: 3 };
/** Each round asks in two of these modes, as starting `cerbos 0.55` takes long; three in a row in all of them. */
export const modes: readonly Mode[] = [
  { name: 'default', strictEvaluation: false, lenientScopeSearch: false, schemaEnforcement: 'warn', globals },
  {
    name: 'lenient scopes',
    strictEvaluation: false,
    lenientScopeSearch: true,
    schemaEnforcement: 'reject',
    globals,
  },
  {
    name: 'strict evaluation',
    strictEvaluation: true,
    lenientScopeSearch: false,
    schemaEnforcement: 'reject',
    globals,
  },
  {
    name: 'strict evaluation, lenient scopes',
    strictEvaluation: true,
    lenientScopeSearch: true,
    schemaEnforcement: 'warn',
    globals,
  },
  {
    name: 'other defaults',
    strictEvaluation: false,
    lenientScopeSearch: false,
    schemaEnforcement: 'reject',
    globals: { stage: 'live' },
    defaultPolicyVersion: secondVersion,
    defaultScope: 'open',
  },
  {
    name: 'a default scope without policies',
    strictEvaluation: true,
    lenientScopeSearch: true,
    schemaEnforcement: 'none',
    globals,
    defaultScope: 'open.unknown',
  },
];

/** A request with `cerbos 0.55`'s answer and ours. */
export interface Asked {
  readonly mode: Mode;
  readonly request: GeneratedRequest;
  readonly answer: Answer;
  readonly own: Answer;
  readonly output: CheckOutput;
}

export interface Round {
  readonly seed: number;
  readonly generated: GeneratedSet;
  readonly set: PolicySet;
  readonly asked: readonly Asked[];
  /** Those on which the engines differ. */
  readonly wrong: readonly Asked[];
  /** How many answers differ from ours, but also from `cerbos 0.55`'s own when it is started again. */
  readonly unsettled: number;
}

const resourcesPerRequest = 10;
const restarts = 6;

/** Generates a policy set, and asks both engines about it in two modes. */
export async function playRound(seed: number, requestsPerMode: number): Promise<Round> {
  const random = new Random(seed);
  const names = random.chance(0.8) ? oddNames(random) : plainNames;
  const generated = generateSet(random, names);
  const set = compileGenerated(generated.policies);
  const directory = await writePolicies(filesOf(generated.policies));
  const asked: Asked[] = [];
  const wrong: Asked[] = [];
  let unsettled = 0;
  try {
    for (const mode of modesOf(seed)) {
      const requests = Array.from({ length: requestsPerMode }, () =>
        generateRequest(random, mode.strictEvaluation, resourcesPerRequest, names),
      ).flat();
      const answers = await answersOf(directory, mode, requests, 8);
      const pairs = requests.flatMap((request, index): Asked[] => {
        const answer = answers[index];
        if (!answer) {
          return [];
        }
        const own = ours(set, request, mode);
        return [{ mode, request, answer, own: own.answer, output: own.output }];
      });
      asked.push(...pairs);
      const differing = pairs.filter(({ own, answer }) => !sameAnswer(own, answer));
      const lasting = await stillWrong(directory, mode, differing);
      unsettled += differing.length - lasting.length;
      wrong.push(...lasting);
    }
  } finally {
    await removePolicies(directory);
  }
  return { seed, generated, set, asked, wrong, unsettled };
}

/** Any two differ in what they ask for. */
function modesOf(seed: number): readonly Mode[] {
  return modes.filter((_, index) => index % 3 === seed % 3);
}

async function answersOf(
  directory: string,
  mode: Mode,
  requests: readonly GeneratedRequest[],
  callsAtATime: number,
): Promise<readonly Answer[]> {
  const server = await startServer(directory, mode);
  try {
    return await theirs(server, requests, callsAtATime);
  } finally {
    await server.stop();
  }
}

/**
 * `cerbos 0.55` keeps the roles and actions of a rule in an order that is random from start to start, and its answers may
 * depend on it. What one of its own starts answers as we do is not wrong.
 */
async function stillWrong(
  directory: string,
  mode: Mode,
  differing: readonly Asked[],
): Promise<readonly Asked[]> {
  let left = differing;
  for (let start = 0; start < restarts && left.length > 0; start++) {
    const requests = left.map(({ request }) => request);
    const answers = await answersOf(directory, mode, requests, 1);
    left = left.filter(({ own }, index) => {
      const answer = answers[index];
      return !answer || !sameAnswer(own, answer);
    });
  }
  return left;
}
