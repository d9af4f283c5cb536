import { locate } from '../../issues';
import type { Located } from '../../model/schema';
import type { ModuleContext } from './module-context';
import type { Module } from '../modules';
import type { Reporter } from '../reporter';
import type { DerivedRole } from '../table/rows';

/** A derived role as one import brings it. */
interface Candidate {
  readonly role: DerivedRole;
  readonly from: Module;
  readonly via: Located<string>;
}

/** The derived roles that a resource policy's rules can use, by name; reports uses that are unknown or ambiguous. */
export function importedDerivedRoles(context: ModuleContext): ReadonlyMap<string, DerivedRole> {
  const { module, reporter } = context;
  const candidates = new Map<string, Candidate[]>();
  let complete = true;
  for (const { kind, key, located } of module.imports) {
    if (kind !== 'derived roles') {
      continue;
    }
    const from = context.find(key);
    if (!from?.document.sound) {
      complete = false;
    }
    if (!from) {
      continue;
    }
    for (const [name, role] of context.derivedRolesOf(from)) {
      candidates.set(name, [...(candidates.get(name) ?? []), { role, from, via: located }]);
    }
  }
  const reported = new Set<string>();
  for (const rule of module.document.policy.resourcePolicy?.value.rules?.value ?? []) {
    for (const located of rule.value.derivedRoles?.value ?? []) {
      const found = candidates.get(located.value);
      // A missing or broken import is reported as that; which roles it would define is not known.
      if (found === undefined && complete) {
        reportUnknown(module, located, reporter);
      }
      if (found === undefined || found.length === 1 || reported.has(located.value)) {
        continue;
      }
      reported.add(located.value);
      reportAmbiguous(module, located, found, reporter);
    }
  }
  const usable = new Map<string, DerivedRole>();
  for (const [name, [only, ...others]] of candidates) {
    if (only && others.length === 0) {
      usable.set(name, only.role);
    }
  }
  return usable;
}

function reportUnknown(
  { file }: Module,
  { value, span, mark, path }: Located<string>,
  reporter: Reporter,
): void {
  const message = `Derived role "${value}" is not defined in any imports`;
  reporter.report({
    code: 'unknown-derived-role',
    message,
    summary: 'unknown derived role',
    file,
    span,
    mark,
    path,
  });
}

function reportAmbiguous(
  { file }: Module,
  { value, span }: Located<string>,
  found: readonly Candidate[],
  reporter: Reporter,
): void {
  const places = found.map(({ from, via }) => {
    const { line, column } = file.lines.lineAndColumn(via.mark);
    return `${from.file.path} (imported as "${via.value}" at ${line}:${column})`;
  });
  reporter.report({
    code: 'ambiguous-derived-role',
    message: `Derived role "${value}" is defined in more than one import: ${places.join(', ')}`,
    summary: 'ambiguous derived role',
    file,
    span,
    related: found.map(({ via, from }) => ({
      ...locate(file, via.span),
      message: `imports '${value}' from ${from.file.path}`,
    })),
  });
}
