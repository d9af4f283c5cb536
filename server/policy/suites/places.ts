import { locate } from '../issues';
import type { Located } from '../model/schema';
import type { ParsedFile } from '../parse/parsed';
import type { SourceLocation } from '../position';
import type { PlannedTest } from './plan';

/**
 * The places in a test's `input` that name a result's principal, resource and action. Members of a group have the place
 * of the group's name.
 */
export interface ResultPlaces {
  readonly principal: SourceLocation;
  readonly resource: SourceLocation;
  readonly action: SourceLocation;
}

/** Computed on access. */
export class InputPlaces implements ResultPlaces {
  readonly #file: ParsedFile;
  readonly #test: PlannedTest;
  readonly #action: string;

  constructor(file: ParsedFile, test: PlannedTest, action: string) {
    this.#file = file;
    this.#test = test;
    this.#action = action;
  }

  get principal(): SourceLocation {
    return this.#locate(this.#test.named.principal);
  }

  get resource(): SourceLocation {
    return this.#locate(this.#test.named.resource);
  }

  get action(): SourceLocation {
    const { table } = this.#test;
    const actions = table.value.input?.value.actions?.value ?? [];
    return this.#locate(actions.find(({ value }) => value === this.#action) ?? table);
  }

  #locate({ span, mark }: Located<unknown>): SourceLocation {
    return locate(this.#file, span, mark);
  }
}
