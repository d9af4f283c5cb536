import { CelObject } from './value';

/** Stands for a value that cannot be had. Reading it is an error with the given message. */
export class Unreadable extends CelObject {
  readonly typeName: string = 'error';
  readonly problem: string;

  constructor(problem: string) {
    super();
    this.problem = problem;
  }
}
