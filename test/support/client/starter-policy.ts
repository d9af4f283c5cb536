// The policy that the extension writes for somebody who has none.
export { starterPolicy } from '../../../client/policies/starter-policy';
