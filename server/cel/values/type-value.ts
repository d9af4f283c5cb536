import { CelObject } from './value';

/** A type used as a value, as `type(1)` gives. Two are equal when their names are. */
export class TypeValue extends CelObject {
  readonly typeName = 'type';
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }
}
