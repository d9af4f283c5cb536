import { join } from 'node:path';
import type { JsonObject } from '../json';
import { writeFileAtomically } from './files';
import type { StateLayout } from './folder';
import { privateFolder, readPrivate } from './private';
import { StateError } from './state-error';

/**
 * `accepted/<fingerprint>.json`: what a human accepted of a server, whole, since agents are shown these texts and not
 * what the server says today. `fingerprint` is `acceptance` of its ServerIdentity.
 */
export interface AcceptedServer {
  readonly version: 2;
  readonly name: string;
  readonly fingerprint: string;
  /** ISO 8601. */
  readonly acceptedAt: string;
  /** The user's name. */
  readonly by: string;
  /** The texts of the `initialize` result: `instructions`, `serverInfo`, and what else it says beside capabilities. */
  readonly about: JsonObject;
  /** Definitions by name. */
  readonly tools: Readonly<Record<string, JsonObject>>;
  /** Prompts by name. */
  readonly prompts: Readonly<Record<string, JsonObject>>;
  /** Resource templates by `uriTemplate`. */
  readonly resourceTemplates: Readonly<Record<string, JsonObject>>;
}

/** Bytes of a record: a guard reads it whole. */
const maxRecordBytes = 16 * 2 ** 20;

/** Where a server's acceptance is recorded. */
export function acceptedFile(layout: StateLayout, fingerprint: string): string {
  return join(layout.accepted, `${fingerprint}.json`);
}

/**
 * Reads the tools and texts of a server that a human accepted; undefined if none did.
 * @throws {StateError} if the record is damaged, or of a version that did not keep the texts
 */
export function readAccepted(layout: StateLayout, fingerprint: string): AcceptedServer | undefined {
  const path = acceptedFile(layout, fingerprint);
  const text = readPrivate(path);
  if (text === undefined) {
    return undefined;
  }
  const value = parsed(text);
  if (value?.version === 1) {
    throw new StateError(
      `${path} is from Gatehouse 0.1, which did not keep all that a server says: look at the server's tools and accept them again.`,
    );
  }
  const maps = [value?.about, value?.tools, value?.prompts, value?.resourceTemplates];
  if (value?.version === 2 && value.fingerprint === fingerprint && maps.every(isMap)) {
    return value as unknown as AcceptedServer;
  }
  throw new StateError(`${path} is damaged. Accept the server's tools again.`);
}

/**
 * Records that a human accepts a server's tools, in place of what was accepted before.
 * @throws {StateError} if that is too much to keep
 */
export function writeAccepted(layout: StateLayout, server: AcceptedServer): void {
  const text = `${JSON.stringify(server, undefined, 2)}\n`;
  if (Buffer.byteLength(text) > maxRecordBytes) {
    throw new StateError(
      `The server says more of itself than the ${maxRecordBytes / 2 ** 20} MiB that Gatehouse keeps. Nothing was accepted.`,
    );
  }
  privateFolder(layout.accepted);
  writeFileAtomically(acceptedFile(layout, server.fingerprint), text);
}

/** A damaged record is like one of another shape. */
function parsed(text: string): Partial<Record<keyof AcceptedServer, unknown>> | null {
  try {
    return JSON.parse(text) as Partial<Record<keyof AcceptedServer, unknown>> | null;
  } catch {
    return null;
  }
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
