// YAML paths such as `$.resourcePolicy.rules[0].effect`. The files of a policy set have mostly the same ones, and every
// value in them has one, so that each path is made once and shared.

/** Enough for any policy set written by people; a hostile one only makes paths be made anew. */
const maxPaths = 20_000;
const maxLength = 200;

const items = new Map<string, string[]>();
const fields = new Map<string, Map<string, string>>();
let count = 0;

/** The path of an item of a list. */
export function itemPath(list: string, index: number): string {
  if (list.length > maxLength) {
    return `${list}[${index}]`;
  }
  let known = items.get(list);
  if (!known) {
    items.set(list, (known = []));
  }
  const path = known[index];
  if (path !== undefined) {
    return path;
  }
  const made = `${list}[${index}]`;
  // Without gaps, so that a single late item does not make a huge array.
  if (index === known.length) {
    known.push(keep(made));
  }
  return made;
}

/** The path of a field of a message, or of an entry of an object, by its name as written. */
export function fieldPath(parent: string, name: string): string {
  if (parent.length + name.length > maxLength) {
    return `${parent}.${name}`;
  }
  let known = fields.get(parent);
  if (!known) {
    fields.set(parent, (known = new Map<string, string>()));
  }
  const path = known.get(name);
  if (path !== undefined) {
    return path;
  }
  const made = `${parent}.${name}`;
  known.set(name, keep(made));
  return made;
}

/** The path of an entry of a map, whose name may need quotes. */
export function entryPath(map: string, name: string): string {
  return fieldPath(map, /^[\w-]+$/.test(name) ? name : `'${name}'`);
}

function keep(path: string): string {
  if (++count < maxPaths) {
    return path;
  }
  count = 0;
  items.clear();
  fields.clear();
  return path;
}
