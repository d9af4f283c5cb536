import { checkPartially } from '../../policy';
import type { CheckInput } from '../../policy';
import { checkOptions } from '../decide/policies/layer-decisions';
import type { PolicyLayer } from '../decide/policies/layers';
import { readOutputs } from '../request/outputs';
import type { PolicyRequest } from '../request/request-model';

/** The possible answers of a policy layer to a call: allow it, deny it explicitly, or have no rule that matches. */
type Said = 'yes' | 'no' | 'nothing';

interface Saying {
  readonly layer: PolicyLayer;
  readonly may: readonly Said[];
  /** False if a rule's output may be one that can't be used: then the call is refused, whatever the rules say. */
  readonly sound: boolean;
}

const anything: readonly Said[] = ['yes', 'no', 'nothing'];

/**
 * Evaluates a request of which not all is known.
 * @param unknowns paths such as `resource.attr.arguments.token`
 * @param now milliseconds since the epoch
 * @returns whether policies allow it, or both if that depends on what is not known
 */
export function maskedEvaluation(
  policyLayers: readonly PolicyLayer[],
  request: PolicyRequest,
  unknowns: readonly string[],
  now: number,
): readonly boolean[] {
  const sayings = policyLayers.map((layer) => sayingOf(layer, request, unknowns, now));
  const mayOf = (name: PolicyLayer['name']): readonly Said[] | undefined =>
    sayings.find(({ layer }) => layer.name === name)?.may;
  const granted = grantedBy(mayOf('user'), mayOf('base'));
  const others = sayings.filter(({ layer }) => layer.name !== 'user' && layer.name !== 'base');
  const mayRefuse = others.some(({ may }) => may.includes('no'));
  const refuses = others.some(({ may }) => may.every((said) => said === 'no'));
  if (refuses || !granted.includes(true)) {
    return [false];
  }
  // Of a repository only the reasons are taken.
  const sound = sayings.every((saying) => saying.sound || saying.layer.name === 'workspace');
  return mayRefuse || granted.includes(false) || !sound ? [true, false] : [true];
}

/** The user's rules decide; where they are silent, the base does. Without a base, silence is a no. */
function grantedBy(
  user: readonly Said[] | undefined,
  base: readonly Said[] = ['nothing'],
): readonly boolean[] {
  const decisive = (user ?? ['nothing']).flatMap((said) => (said === 'nothing' ? base : [said]));
  return [...new Set(decisive.map((said) => said === 'yes'))];
}

function sayingOf(
  layer: PolicyLayer,
  request: PolicyRequest,
  unknowns: readonly string[],
  now: number,
): Saying {
  const [action] = request.actions;
  try {
    // The request is JSON by construction; its interfaces only lack an index signature.
    const input = request as unknown as CheckInput;
    const { actions, outputs } = checkPartially(layer.set, input, { ...checkOptions(now), unknowns });
    const decision = actions[action];
    const entries = outputs.map(({ src, val }) => ({ src, action, ...(val !== undefined && { val }) }));
    const isKnown = outputs.every(({ val }) => val !== undefined);
    return {
      layer,
      may: decision === undefined ? anything : said(decision),
      sound: isKnown && readOutputs(entries).problem === undefined,
    };
  } catch {
    // What is not known selects policies.
    return { layer, may: anything, sound: false };
  }
}

function said(decision: ReturnType<typeof checkPartially>['actions'][string]): readonly Said[] {
  switch (decision.effect) {
    case 'EFFECT_ALLOW':
      return ['yes'];
    case 'EFFECT_DENY':
      if (decision.explicit) {
        return ['no'];
      }
      return decision.mayBeExplicit === true ? ['no', 'nothing'] : ['nothing'];
    case 'undetermined':
      return anything;
  }
}
