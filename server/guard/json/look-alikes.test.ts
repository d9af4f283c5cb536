import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../protocol';
import { deepNameProblem, foldedName, nameProblemOf } from './look-alikes';

/** The other spellings of a character. */
const spellings = (character: string): readonly string[] => [
  character.toLowerCase(),
  character.toUpperCase(),
  character.normalize('NFD'),
];

/** Every character that has another spelling. */
const characters = Array.from({ length: 0x110000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))
  .filter((character) => spellings(character).some((other) => other !== character));

describe('a folded name', () => {
  test('a folded name is the same for every character, its lower case, its upper case and its decomposition', () => {
    const missed = characters.filter((character) =>
      spellings(character).some((other) => foldedName(`x${other}`) !== foldedName(`x${character}`)),
    );
    expect(characters.length).toBeGreaterThan(10_000);
    expect(missed).toEqual([]);
  });

  test('folding a folded name changes nothing', () => {
    const unstable = characters.filter(
      (character) => foldedName(foldedName(character)) !== foldedName(character),
    );
    expect(unstable).toEqual([]);
  });

  test.each([
    ['path', 'PATH'],
    ['k', '\u212a'],
    ['s', '\u017f'],
    ['straße', 'STRASSE'],
    ['straße', 'STRA\u1e9eE'],
    ['ΟΔΟΣ', 'οδος'],
    ['οδοσ', 'οδος'],
    ['é', 'e\u0301'],
    ['É', 'e\u0301'],
    ['ﬁle', 'FILE'],
    ['id', '\u0131d'],
    ['ꭰ', 'Ꭰ'],
  ])('a folded name is the same for %s and %s', (one, other) => {
    expect(foldedName(one)).toBe(foldedName(other));
  });

  test.each([
    ['path', 'paths'],
    ['e', 'é'],
    ['a', 'а'],
    ['user_id', 'userId'],
  ])('a folded name differs for %s and %s', (one, other) => {
    expect(foldedName(one)).not.toBe(foldedName(other));
  });
});

/** Another spelling of a name that a parser without regard to case takes for the same. */
const spelling = (name: string): fc.Arbitrary<string> =>
  fc
    .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .map((upper) =>
      Array.from(name, (letter, at) => (upper[at] === true ? letter.toUpperCase() : letter)).join(''),
    )
    .filter((other) => other !== name);

const inner = fc.jsonValue().filter((value) => deepNameProblem(value as JsonValue) === undefined);

/** A value with one hole, somewhere. */
const around = (hole: JsonValue): fc.Arbitrary<JsonValue> =>
  fc
    .array(fc.oneof(fc.constant(null), fc.string({ unit: 'grapheme', minLength: 1 })), { maxLength: 12 })
    .map((steps) =>
      steps.reduce<JsonValue>(
        (value, step) => (step === null ? [0, value] : { ['x' + step.replaceAll('\0', '')]: value }),
        hole,
      ),
    );

describe('a name problem', () => {
  test('a name problem is found at any depth, wherever a name comes again in another spelling', () => {
    const planted = fc
      .stringMatching(/^[a-zß-öſ]{2,12}$/)
      .filter((name) => name.toUpperCase() !== name)
      .chain((name) => fc.tuple(fc.constant(name), spelling(name), inner, inner))
      .chain(([name, other, one, two]) => around({ [name]: one, [other]: two } as JsonValue));
    fc.assert(
      fc.property(planted, (value) => {
        expect(deepNameProblem(value)).toMatchObject({ kind: 'alike' });
      }),
    );
  });

  test('a name problem is found at any depth, wherever a name has a NUL', () => {
    const planted = fc
      .tuple(fc.string(), fc.string())
      .chain(([before, after]) => around({ [`${before}\0${after}`]: 1 }));
    fc.assert(
      fc.property(planted, (value) => {
        expect(deepNameProblem(value)).toEqual({ kind: 'nul' });
      }),
    );
  });

  test('a name problem is none where two names are declared, and one where a third is not', () => {
    const declares = (name: string, other: string): boolean => ['id', 'ID'].includes(name) && other !== 'Id';
    expect(nameProblemOf({ id: 1, ID: 2 }, [], declares)).toBeUndefined();
    expect(nameProblemOf({ id: 1, Id: 2, ID: 3 }, [], declares)).toMatchObject({ name: 'Id', other: 'id' });
  });
});
