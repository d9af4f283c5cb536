import { isJsonObject } from '../../protocol';
import type { JsonObject, JsonValue } from '../../protocol';
import type { DeclaredHints } from '../facts/call-effect';

/** A tool's hints as policies see them: always all four. */
export interface EffectiveAnnotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** The defaults of MCP 2025-11-25 (ToolAnnotations) for a tool that declares nothing: the worst case. */
export const undeclared: EffectiveAnnotations = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
};

/** The hints that tell reading from changing, as declared in a definition that a human accepted. */
export function declaredHints(accepted: JsonObject | undefined): DeclaredHints {
  const declared = accepted?.['annotations'];
  if (!isJsonObject(declared)) {
    return {};
  }
  const { destructiveHint, readOnlyHint } = declared;
  return {
    ...(typeof readOnlyHint === 'boolean' && { readOnlyHint }),
    ...(typeof destructiveHint === 'boolean' && { destructiveHint }),
  };
}

/**
 * A tool's effective annotations.
 * @param accepted the definition that a human accepted and the server still offers; hints are claims, so that without
 *   one they count for nothing
 */
export function effectiveAnnotations(accepted: JsonObject | undefined): EffectiveAnnotations {
  const declared = accepted?.['annotations'];
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared)) {
    return undeclared;
  }
  const hints = declared as JsonObject;
  const readOnlyHint = flag(hints['readOnlyHint'], undeclared.readOnlyHint);
  return {
    readOnlyHint,
    // Meaningful only when the tool is not read-only.
    destructiveHint: !readOnlyHint && flag(hints['destructiveHint'], undeclared.destructiveHint),
    idempotentHint: flag(hints['idempotentHint'], undeclared.idempotentHint),
    openWorldHint: flag(hints['openWorldHint'], undeclared.openWorldHint),
  };
}

function flag(value: JsonValue | undefined, otherwise: boolean): boolean {
  return typeof value === 'boolean' ? value : otherwise;
}
