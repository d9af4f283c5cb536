import { Uint } from '../../cel';
import type { CelValue } from '../../cel';
import { bytesOf, bytesOfBool, bytesOfInteger, bytesOfScalar, bytesOfText } from './bytes';
import { textOf } from './term';
import type { MapTerm, StructTerm, Term } from './term';
import { compareCodePoints } from './text';

/** By what a term is compared with others. */
export function fingerprintOf(term: Term): string {
  switch (term.kind) {
    case 'literal':
      return ofLiteral(term.value);
    case 'identifier':
      return bytesOfText(term.name);
    case 'select':
      return fingerprintOf(term.operand) + bytesOfText(term.field) + bytesOfBool(term.test);
    case 'call':
      return (term.target ? fingerprintOf(term.target) : '') + bytesOfText(term.name) + ofTerms(term.args);
    case 'list':
      return ofTerms(term.elements) + term.optional.map((index) => bytesOfInteger(BigInt(index))).join('');
    case 'map':
      return bytesOfText('') + ofMap(term);
    case 'struct':
      return bytesOfText(term.typeName) + ofFields(term);
    case 'loop': {
      const { range, variable, variable2 = '', accumulator, initial, condition, step, result } = term;
      const rounds = ofTerms([initial, condition, step, result]);
      return (
        bytesOfText(variable) +
        fingerprintOf(range) +
        bytesOfText(accumulator) +
        rounds +
        bytesOfText(variable2)
      );
    }
  }
}

function ofTerms(terms: readonly Term[]): string {
  return terms.map(fingerprintOf).join('');
}

function ofMap({ entries }: MapTerm): string {
  return entries
    .map((entry) => ({ ...entry, name: textOf(entry.key) }))
    .sort((a, b) => compareCodePoints(a.name, b.name))
    .map(({ key, value, optional }) => fingerprintOf(key) + fingerprintOf(value) + bytesOfBool(optional))
    .join('');
}

function ofFields({ fields }: StructTerm): string {
  return [...fields]
    .sort((a, b) => compareCodePoints(a.name, b.name))
    .map(({ name, value, optional }) => bytesOfText(name) + fingerprintOf(value) + bytesOfBool(optional))
    .join('');
}

function ofLiteral(value: CelValue): string {
  if (typeof value === 'bigint') return bytesOfInteger(value);
  if (typeof value !== 'object' || value === null) return bytesOfScalar(value);
  if (value instanceof Uint) return bytesOfInteger(value.value);
  return value instanceof Uint8Array ? bytesOf(Buffer.from(value)) : textOf({ kind: 'literal', value });
}
