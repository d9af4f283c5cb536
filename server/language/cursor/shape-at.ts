import type { Field, Shape } from '../../policy';
import type { YamlPath } from './yaml-cursor';

/** The type of a place in a document, from the description of Cerbos' document types. */
export interface ShapeAt {
  readonly shape: Shape;
  /** The field that the place is the value of, if it is one of a message; list items have none. */
  readonly field?: Field<unknown>;
  /** The name of the message around it. */
  readonly message?: string;
}

/** Follows a path through the description of a document. Undefined where nothing is described. */
export function shapeAt(root: Shape | undefined, path: YamlPath): ShapeAt | undefined {
  if (root === undefined) {
    return undefined;
  }
  let current: ShapeAt = { shape: resolve(root) };
  for (const step of path) {
    const { shape } = current;
    if (shape.kind === 'message') {
      const field = Object.hasOwn(shape.fields, step) ? shape.fields[String(step)] : undefined;
      if (field === undefined) {
        return undefined;
      }
      current = { shape: resolve(field.type.shape), field, message: shape.name };
    } else if (shape.kind === 'list') {
      if (typeof step !== 'number') {
        return undefined;
      }
      current = { shape: resolve(shape.item) };
    } else if (shape.kind === 'map') {
      current = { shape: resolve(shape.value) };
    } else if (shape.kind !== 'json') {
      return undefined;
    }
  }
  return current;
}

/** A shape that refers to another, followed to the end. */
export function resolve(shape: Shape): Shape {
  let current = shape;
  for (let hops = 0; current.kind === 'lazy' && hops < 100; hops++) {
    current = current.shape();
  }
  return current;
}
