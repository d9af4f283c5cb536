import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LayerStore } from '../../../server/guard/decide/policies/layers';
import { replay } from '../../../server/guard/replay/replay';
import type { ReplayedCall } from '../../../server/guard/replay/replay';
import { recordsOf } from '../../../server/guard/session/log-lines';
import { sessionLogs } from '../../../server/guard/session/log-names';
import { workspaceKey } from '../../../server/protocol';
import type { JsonObject, SessionRecord } from '../../../server/protocol';
import { Random } from '../../random';
import { call } from './enforcers';
import type { World } from './enforcers';

/** A call as it was sent. */
export interface SentCall {
  readonly id: string;
  readonly tool: string;
  readonly arguments: JsonObject;
}

/** Makes calls of all the tools, some with secrets, some with long texts, through a guard that records them. */
export async function recordSession(world: World, count: number): Promise<readonly SentCall[]> {
  world.accept();
  const guard = world.guard();
  const random = new Random(7);
  const sent: SentCall[] = [];
  for (let index = 0; index < count; index++) {
    const [tool, args] = anyCall(random, world.workspace, index);
    world.now += 1000;
    const { id } = await guard.decide(call(tool, args));
    sent.push({ id, tool, arguments: args });
  }
  return sent;
}

function anyCall(random: Random, workspace: string, index: number): readonly [string, JsonObject] {
  const place = random.pick([workspace, workspace, '/etc']);
  const path = `${place}/${random.pick(['a', 'b', 'c'])}.txt`;
  const more = random.pick<JsonObject>([{}, {}, {}, { token: '/etc/hunter2' }, { note: 'x'.repeat(2000) }]);
  switch (random.below(20)) {
    case 0:
      return ['move_file', { source: path, destination: `${path}.old`, ...more }];
    case 1:
    case 2:
      return ['add_item', { name: random.pick(['tea', 'milk']), ...more }];
    case 3:
      // Equal refusals would only be counted.
      return ['unknown_tool', { ...more, index }];
    default:
      return random.chance(0.5) ? ['read_file', { path, ...more }] : ['read_item', { id: path, ...more }];
  }
}

/** The records of all logs of a world, in order. */
export function* recordsIn(world: World): Generator<SessionRecord> {
  for (const key of readdirSync(world.layout.sessions)) {
    const folder = join(world.layout.sessions, key);
    for (const name of sessionLogs(folder)) {
      for (const records of recordsOf(join(folder, name))) {
        yield* records;
      }
    }
  }
}

/**
 * Loads the policies in force for a world.
 * @param builtin the folder of the built-in policies
 * @returns a function that reads the world's logs and decides every recorded call again
 * @throws {Error} when the policies are broken
 */
export function replaying(world: World, builtin: string): () => readonly ReplayedCall[] {
  const layers = new LayerStore({
    layout: world.layout,
    builtin,
    extra: [],
    workspaceKey: workspaceKey([world.workspace]),
  }).current();
  if (layers.kind === 'broken') {
    throw new Error(layers.reason);
  }
  return () => [...replay(recordsIn(world), layers.policyLayers)];
}
