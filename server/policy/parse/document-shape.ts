import type { FileRole } from '../load/files';
import { policy } from '../model/policy';
import type { Shape } from '../model/schema';
import { auxDataFixtures, principalFixtures, resourceFixtures, testSuite } from '../model/suite';

/**
 * The fields that a document of a file with this role may have, as validation uses them. For completion and hover.
 * @returns undefined for schemas and ignored files
 */
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
