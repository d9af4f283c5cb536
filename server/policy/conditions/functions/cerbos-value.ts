import { CelObject } from '../../../cel';

/** A value of a type of Cerbos' own. In cel-go these are structures of its package `types`, and answer calls themselves. */
export abstract class CerbosValue extends CelObject {
  abstract override conversionName(): string;

  override goTypeName(): string {
    const name = this.conversionName();
    return `types.${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  }

  override isReceiver(): boolean {
    return true;
  }
}
