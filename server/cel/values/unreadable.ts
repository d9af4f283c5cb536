import { CelObject } from './value';

/** What stands where a value should be that cannot be had. Reading it is an error. */
export class Unreadable extends CelObject {
  readonly typeName: string = 'error';
  readonly problem: string;

  constructor(problem: string) {
    super();
    this.problem = problem;
  }
}
