import type { AuxDataDocument, PrincipalsDocument, ResourcesDocument } from '../parsed';

/** What one `testdata` folder holds. */
export interface Fixtures {
  readonly principals?: PrincipalsDocument;
  readonly resources?: ResourcesDocument;
  readonly auxData?: AuxDataDocument;
}
