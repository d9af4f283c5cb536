import type { AuxDataDocument, PrincipalsDocument, ResourcesDocument } from '../parse/parsed';

/** The fixtures of one `testdata` folder. */
export interface Fixtures {
  readonly principals?: PrincipalsDocument;
  readonly resources?: ResourcesDocument;
  readonly auxData?: AuxDataDocument;
}
