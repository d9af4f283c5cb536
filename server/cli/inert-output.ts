import { randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import { inertText } from '../protocol';
import type { CommandContext } from './command';

/**
 * A context whose output does nothing to a terminal, whatever names, descriptions, paths or policies a command prints.
 * Only a command's own sequences get through: they begin with the context's `escape`, which nobody can guess.
 */
export function inertContext(context: CommandContext): CommandContext {
  const escape = `\u001b<${randomUUID()}>`;
  const stream = (outer: Writable): Writable => inertStream(outer, escape);
  return { ...context, stdout: stream(context.stdout), stderr: stream(context.stderr), escape };
}

/** Everything of the stream but what is written passes through: its errors, its back-pressure, whether it is a terminal. */
function inertStream(stream: Writable, escape: string): Writable {
  const shown = (chunk: string | Uint8Array): string => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    return text.split(escape).map(inertText).join('\u001b');
  };
  const write = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean =>
    (stream.write as (...args: unknown[]) => boolean).call(stream, shown(chunk), ...rest);
  return new Proxy(stream, {
    get: (target, name) => {
      if (name === 'write') {
        return write;
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
