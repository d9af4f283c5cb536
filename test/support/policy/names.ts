// How policies are named and matched, for those who generate policies or count what decisions met.
export { matchesGlob } from '../../../server/policy/names/glob';
export {
  principalPolicyName,
  resourcePolicyName,
  rolePolicyName,
  sanitize,
} from '../../../server/policy/names/names';
