import type { FileRole } from './files';
import { policy } from './model/policy';
import type { Shape } from './model/schema';
import { auxDataFixtures, principalFixtures, resourceFixtures, testSuite } from './model/suite';

/** What a document in a file of this role may hold: the description that validation uses, for completion and hover. */
export function documentShape(role: FileRole): Shape | undefined {
  switch (role) {
    case 'policy':
      return policy.shape;
    case 'suite':
      return testSuite.shape;
    case 'principals':
      return principalFixtures.shape;
    case 'resources':
      return resourceFixtures.shape;
    case 'auxData':
      return auxDataFixtures.shape;
    case 'schema':
    case 'ignored':
      return undefined;
  }
}
