import type { ApprovalRequest } from '../../server/protocol';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const object =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(members).every(([name, check]) => check((value as Record<string, unknown>)[name]));

const approvalRequest = object({
  id: text,
  digest: text,
  level: (value) => value === 1 || value === 2 || value === 3,
  server: object({
    name: text,
    origin: (value) => value === 'user' || value === 'workspace',
    fingerprint: text,
  }),
  tool: object({ name: text, title: optional(text) }),
  kind: text,
  agent: object({ name: optional(text), version: optional(text), verified: flag }),
  user: object({ name: text }),
  arguments: object({}),
  reasons: list(text),
  reasonRules: optional(list(text)),
  reasonFrom: optional(text),
  workspaceReasons: optional(list(text)),
  changes: optional(list(object({ place: text, before: optional(text), after: optional(text) }))),
  ask: optional(object({ title: optional(text), detail: optional(text) })),
  remember: object({ session: flag }),
  request: object({}),
});

/** True if a guard's question has the shape that the window reads. */
export function isApprovalRequest(value: unknown): value is ApprovalRequest {
  return approvalRequest(value);
}
