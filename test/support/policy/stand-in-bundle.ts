// A WebAssembly module with the interface of Cerbos Hub's bundles, for tests: it decides nothing, it has its answers
// ready. Put together from bytes, since there is no tool at hand that would compile it from text.

/** The answers of a stand-in bundle, as JSON texts like those of a real one. */
interface StandIn {
  readonly metadata: string;
  readonly answer: string;
  /** The answer after lenient scope search was switched on. */
  readonly lenientAnswer: string;
}

const i32 = 0x7f;
const i64 = 0x7e;
const memoryPages = 2;

/** The module's bytes. */
export function standInBundle({ metadata, answer, lenientAnswer }: StandIn): Uint8Array<ArrayBuffer> {
  const texts = [metadata, answer, lenientAnswer].map((text) => new TextEncoder().encode(text));
  const data = texts.flatMap((bytes) => [...bytes]);
  let start = 0;
  // Where a text is and how long, in one number, as the library expects it.
  const [aboutMetadata, aboutAnswer, aboutLenient] = texts.map(({ length }) => {
    const slice = (BigInt(start) << 32n) | BigInt(length);
    start += length;
    return [0x42, ...signed(slice)];
  });
  const types = {
    toLength: [[], [i64]],
    allocate: [[i32], [i64]],
    withText: [[i32, i32], []],
    check: [[i32, i32], [i64]],
    withFlag: [[i32], []],
  } as const;
  const typeNames = Object.keys(types) as (keyof typeof types)[];
  const typeOf = (name: keyof typeof types): number => typeNames.indexOf(name);
  const nothing: readonly number[] = [];
  const functions: readonly (readonly [string, keyof typeof types, readonly number[]])[] = [
    // The old end of what is used, as the answer; the new one, further by the length that was asked for.
    ['allocate', 'allocate', [0x23, 0, 0xad, 0x23, 0, 0x20, 0, 0x6a, 0x24, 0]],
    ['deallocate', 'withText', nothing],
    ['check', 'check', [0x23, 1, 0x04, i64, ...(aboutLenient ?? []), 0x05, ...(aboutAnswer ?? []), 0x0b]],
    ['metadata', 'toLength', aboutMetadata ?? []],
    ['set_default_policy_version', 'withText', nothing],
    ['set_globals', 'withText', nothing],
    ['set_lenient_scope_search', 'withFlag', [0x20, 0, 0x24, 1]],
  ];
  const imported = 1;
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(
      1,
      list(
        Object.values(types).map(([from, to]) => [
          0x60,
          ...list(from.map((t) => [t])),
          ...list(to.map((t) => [t])),
        ]),
      ),
    ),
    ...section(2, list([[...name('env'), ...name('now'), 0x00, typeOf('toLength')]])),
    ...section(3, list(functions.map(([, type]) => [typeOf(type)]))),
    ...section(5, list([[0x00, memoryPages]])),
    // Where free memory begins, and whether lenient scope search is on.
    ...section(
      6,
      list([
        [i32, 1, 0x41, ...signed(BigInt(data.length)), 0x0b],
        [i32, 1, 0x41, 0, 0x0b],
      ]),
    ),
    ...section(
      7,
      list([
        [...name('memory'), 0x02, 0],
        ...functions.map(([called], index) => [...name(called), 0x00, imported + index]),
      ]),
    ),
    ...section(10, list(functions.map(([, , code]) => sized([0x00, ...code, 0x0b])))),
    ...section(11, list([[0x00, 0x41, 0, 0x0b, ...sized(data)]])),
  ]);
}

function section(id: number, content: readonly number[]): readonly number[] {
  return [id, ...sized(content)];
}

function list(items: readonly (readonly number[])[]): readonly number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function sized(bytes: readonly number[]): readonly number[] {
  return [...unsigned(bytes.length), ...bytes];
}

function name(text: string): readonly number[] {
  return sized([...new TextEncoder().encode(text)]);
}

/** LEB128: seven bits a byte, the lowest first. */
function unsigned(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: bigint): readonly number[] {
  const byte = Number(value & 0x7fn);
  const rest = value >> 7n;
  const done = (rest === 0n && byte < 0x40) || (rest === -1n && byte >= 0x40);
  return done ? [byte] : [byte | 0x80, ...signed(rest)];
}
