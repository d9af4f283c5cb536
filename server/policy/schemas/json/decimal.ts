/** A decimal number, exactly: 0.3 is a multiple of 0.1, which it is not in binary floating point. */
export class Decimal {
  readonly #digits: bigint;
  readonly #exponent: number;

  /** `digits × 10^exponent` */
  private constructor(digits: bigint, exponent: number) {
    this.#digits = digits;
    this.#exponent = exponent;
  }

  /** Reads a number as JSON or JavaScript writes it. Infinities and NaN have no place in JSON and count as zero. */
  static of(number: string | number): Decimal {
    const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(String(number));
    if (!parts) {
      return new Decimal(0n, 0);
    }
    const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
    return new Decimal(BigInt(`${sign}${whole}${fraction}`), Number(exponent) - fraction.length);
  }

  /** Less than, equal to, or greater than zero, as this is less than, equal to, or greater than the other. */
  compare(other: Decimal): number {
    const [left, right] = this.#aligned(other);
    return left < right ? -1 : left > right ? 1 : 0;
  }

  /** @param other must not be zero */
  isMultipleOf(other: Decimal): boolean {
    const [left, right] = this.#aligned(other);
    return right !== 0n && left % right === 0n;
  }

  get isInteger(): boolean {
    return this.isMultipleOf(new Decimal(1n, 0));
  }

  /** A text that two numbers share exactly if they are equal. */
  get canonical(): string {
    if (this.#digits === 0n) {
      return '0';
    }
    const [, digits = '', zeros = ''] = /^(-?\d*?[1-9])(0*)$/.exec(String(this.#digits)) ?? [];
    return `${digits}e${this.#exponent + zeros.length}`;
  }

  #aligned(other: Decimal): readonly [bigint, bigint] {
    const exponent = Math.min(this.#exponent, other.#exponent);
    return [this.#scaled(exponent), other.#scaled(exponent)];
  }

  #scaled(exponent: number): bigint {
    return this.#digits * 10n ** BigInt(this.#exponent - exponent);
  }
}
