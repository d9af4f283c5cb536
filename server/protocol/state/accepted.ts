import { join } from 'node:path';
import type { JsonObject } from '../json';
import { writeFileAtomically } from './files';
import type { StateLayout } from './folder';
import { privateFolder, readPrivate } from './private';
import { StateError } from './state-error';

/** A tool as a human accepted it. */
export interface AcceptedTool {
  /** Digest of the canonical JSON of what is pinned of the definition. */
  readonly digest: string;
  readonly definition: JsonObject;
}

/** `accepted/<fingerprint>.json`: a server's tools that a human accepted. `fingerprint` is `acceptance` of its ServerIdentity. */
export interface AcceptedServer {
  readonly version: 1;
  readonly name: string;
  readonly fingerprint: string;
  /** ISO 8601. */
  readonly acceptedAt: string;
  /** The user's name. */
  readonly by: string;
  /** Digest of the server's instructions; that of the empty text if it has none. */
  readonly instructionsDigest: string;
  readonly instructions?: string;
  readonly tools: Readonly<Record<string, AcceptedTool>>;
}

/** Where a server's acceptance is recorded. */
export function acceptedFile(layout: StateLayout, fingerprint: string): string {
  return join(layout.accepted, `${fingerprint}.json`);
}

/**
 * What a human accepted of a server, or undefined.
 * @throws {StateError} if the record is damaged
 */
export function readAccepted(layout: StateLayout, fingerprint: string): AcceptedServer | undefined {
  const path = acceptedFile(layout, fingerprint);
  const text = readPrivate(path);
  if (text === undefined) {
    return undefined;
  }
  try {
    const value = JSON.parse(text) as Partial<AcceptedServer> | null;
    const tools: unknown = value?.tools;
    if (
      value?.version === 1 &&
      value.fingerprint === fingerprint &&
      typeof tools === 'object' &&
      tools !== null
    ) {
      return value as AcceptedServer;
    }
  } catch {
    // Damaged, like one of another shape.
  }
  throw new StateError(`${path} is damaged. Accept the server's tools again.`);
}

/** Records that a human accepts a server's tools, in place of what was accepted before. */
export function writeAccepted(layout: StateLayout, server: AcceptedServer): void {
  privateFolder(layout.accepted);
  const path = acceptedFile(layout, server.fingerprint);
  writeFileAtomically(path, `${JSON.stringify(server, undefined, 2)}\n`);
}
