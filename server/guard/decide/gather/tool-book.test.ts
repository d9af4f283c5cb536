import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { installationKey, openStateFolder, serverIdentity } from '../../../protocol';
import { undeclared } from '../../request/annotations';
import { tools, World } from '../../../../test/support/guard/enforcers';
import { ToolBook } from './tool-book';

let world: World;

beforeEach(() => {
  world = new World();
});

afterEach(() => world.end());

function book(): ToolBook {
  const acceptance = (): string =>
    serverIdentity(world.options().server, installationKey(openStateFolder(world.layout.root))).acceptance;
  return new ToolBook(world.layout, acceptance, () => undefined);
}

describe("a tool's hints", () => {
  test("a tool's hints count for nothing before a human has accepted the tool", () => {
    expect(book().facts('read_item', tools)).toMatchObject({ accepted: false, annotations: undeclared });
  });

  test("a tool's hints count once it is accepted", () => {
    world.accept();
    expect(book().facts('read_item', tools)).toMatchObject({
      accepted: true,
      changed: false,
      annotations: { readOnlyHint: true },
    });
  });

  test("a tool's hints count for nothing any more once it is another", () => {
    world.accept();
    const others = tools.map((tool) => ({
      ...tool,
      annotations: { readOnlyHint: true, idempotentHint: true },
    }));
    expect(book().facts('read_item', others)).toMatchObject({ changed: true, annotations: undeclared });
  });

  test("a tool's hints count for nothing where two tools have the name", () => {
    world.accept();
    expect(book().facts('read_item', [...tools, ...tools])).toMatchObject({
      changed: true,
      annotations: undeclared,
    });
  });
});
