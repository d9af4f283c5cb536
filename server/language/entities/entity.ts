import type {
  CelType,
  FieldDeclaration,
  JsonValue,
  MacroDescription,
  OverloadDescription,
  VariableDeclaration,
} from '../../cel';
import type { ParsedFile } from '../../policy';
import type { ShapeAt } from '../cursor/shape-at';
import type { Attribute } from '../workspace/attributes';
import type { FixtureSection } from '../workspace/fixtures';
import type { SymbolDefinition, DerivedRole, Export } from '../workspace/symbol-table';

/** A thing that the text under the cursor names. */
export type EntityKind =
  | { readonly kind: 'key'; readonly name: string; readonly at: ShapeAt }
  | {
      readonly kind: 'derived-role';
      readonly name: string;
      readonly definitions: readonly SymbolDefinition<DerivedRole>[];
    }
  | {
      readonly kind: 'import';
      readonly of: string;
      readonly name: string;
      readonly exports: readonly Export[];
    }
  | {
      readonly kind: 'fixture';
      readonly section: FixtureSection;
      readonly definition: SymbolDefinition<unknown>;
    }
  | { readonly kind: 'schema'; readonly file: ParsedFile }
  | { readonly kind: 'effect'; readonly name: string }
  | {
      readonly kind: 'variable';
      readonly name: string;
      readonly definitions: readonly SymbolDefinition<string>[];
    }
  | {
      readonly kind: 'constant';
      readonly name: string;
      readonly definitions: readonly SymbolDefinition<JsonValue>[];
    }
  | { readonly kind: 'attribute'; readonly name: string; readonly attribute: Attribute }
  | { readonly kind: 'function'; readonly name: string; readonly overloads: readonly OverloadDescription[] }
  | { readonly kind: 'macro'; readonly macros: readonly MacroDescription[] }
  | { readonly kind: 'field'; readonly field: FieldDeclaration }
  | { readonly kind: 'name'; readonly declaration: VariableDeclaration }
  | { readonly kind: 'loop-variable'; readonly name: string; readonly type: CelType | undefined };

export type Entity = EntityKind & {
  /** Offsets in the file. */
  readonly start: number;
  readonly end: number;
};
