import { visibleText } from '../../protocol';
import type { Refusal } from './policies/decide';
import { ruleInWords } from './policies/rule-name';

/** The next step that a refusal suggests to the agent. */
export type Advice =
  | 'policy'
  | 'acceptance'
  | 'nobody-to-ask'
  | 'window-gone'
  | 'person-said-no'
  | 'withdrawn'
  | 'halted'
  | 'slow-down'
  | 'higher-level'
  | 'decision-point'
  | 'repair'
  | 'malformed';

const advices: Readonly<Record<Advice, string>> = {
  policy: 'No one can allow this call as it is: do it differently, or ask the user to change the policy.',
  acceptance: 'Ask the user to look at the tools of this server and accept them; then try again.',
  'nobody-to-ask':
    'A person has to allow this call, and nobody can be asked here: use this server from VS Code with the Gatehouse extension, or ask the user for a policy that allows it.',
  'window-gone':
    'A person has to allow this call, and the VS Code window that started this server is gone: start the server again from VS Code.',
  'person-said-no': 'Do not repeat this call as it is: ask the user what to do instead.',
  withdrawn:
    'If the person has allowed it meanwhile, the identical call goes through once within ten minutes.',
  halted:
    'Every call of this agent session is denied until a person resumes it, in the Gatehouse view of VS Code or with "gatehouse session resume".',
  'slow-down':
    'Stop repeating calls that are refused, and wait before the next one: nobody is asked, and nothing is forwarded, until then.',
  'higher-level':
    'The policy asks for more than a confirmation, which this version of Gatehouse cannot obtain yet: ask the user to do it.',
  'decision-point':
    'Nothing is allowed without it: ask the user to see that it runs and can be reached, or to change the decision point in the settings of Gatehouse. The next call after that works again.',
  repair: 'The next call after the repair works again.',
  malformed: 'Correct the request and try again.',
};

const longestReason = 600;

/**
 * The refusal as the agent's model reads it: the reason, the rule, and what would help.
 * @param what the tool's name, or what else was asked for
 */
export function refusalText(what: string, refusal: Refusal, advice: Advice): string {
  const deciding = `${refusal.policy}#${refusal.rule}`;
  const reasons = [
    ...refusal.reasons.map(({ rule, text }) =>
      rule === '' || rule === deciding ? shown(text) : `${shown(text)} (rule ${shown(ruleInWords(rule))})`,
    ),
    ...refusal.workspaceReasons.map((reason) => `this repository's policy says "${shown(reason)}"`),
  ];
  const because = reasons.length > 0 ? reasons.join('; ') : 'no policy allows it';
  const rule = refusal.policy === '' ? refusal.rule : `${refusal.rule} of ${refusal.policy}`;
  return `Gatehouse denied ${shown(what)}: ${because.replace(/\.$/, '')} (rule ${rule}). ${advices[advice]}`;
}

function shown(text: string): string {
  const line = visibleText(text).replace(/\s+/g, ' ').trim();
  return line.length <= longestReason ? line : `${line.slice(0, longestReason)}…`;
}
