import { CelObject } from './value';

/** A type as a value, as `type(1)` gives it. Two are equal if their names are. */
export class TypeValue extends CelObject {
  readonly typeName = 'type';
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }
}
