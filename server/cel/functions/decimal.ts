/** A finite double as an exact fraction. */
function fraction(value: number): { numerator: bigint; denominator: bigint } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const exponent = Number(bits >> 52n);
  const mantissa = bits & 0xfffffffffffffn;
  const significand = exponent === 0 ? mantissa : mantissa | 0x10000000000000n;
  const power = (exponent === 0 ? 1 : exponent) - 1075;
  return power >= 0
    ? { numerator: significand << BigInt(power), denominator: 1n }
    : { numerator: significand, denominator: 1n << BigInt(-power) };
}

/** A fraction rounded to a whole number, ties to even, as Go rounds (JavaScript rounds ties up). */
function round(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && whole % 2n === 1n);
  return up ? whole + 1n : whole;
}

function signOf(value: number): string {
  return value < 0 || Object.is(value, -0) ? '-' : '';
}

/** Go's `%.Nf`: so many digits after the point, exactly rounded. */
export function fixedDecimal(value: number, digits: number): string {
  const { numerator, denominator } = fraction(value);
  const scaled = String(round(numerator * 10n ** BigInt(digits), denominator)).padStart(digits + 1, '0');
  const point = scaled.length - digits;
  const whole = signOf(value) + scaled.slice(0, point);
  return digits === 0 ? whole : `${whole}.${scaled.slice(point)}`;
}

/** Go's `%.Ne`: one digit before the point, an exponent of at least two digits, exactly rounded. */
export function scientificDecimal(value: number, digits: number): string {
  const { numerator, denominator } = fraction(value);
  let exponent = value === 0 ? 0 : Number(value.toExponential().split('e')[1]);
  const scaledTo = (power: number): bigint =>
    power >= 0
      ? round(numerator * 10n ** BigInt(power), denominator)
      : round(numerator, denominator * 10n ** BigInt(-power));
  let scaled = scaledTo(digits - exponent);
  if (scaled >= 10n ** BigInt(digits + 1)) {
    exponent++;
    scaled = scaledTo(digits - exponent);
  }
  const text = String(scaled).padStart(digits + 1, '0');
  const mantissa = digits === 0 ? text : `${text.slice(0, 1)}.${text.slice(1)}`;
  const power = String(Math.abs(exponent)).padStart(2, '0');
  return `${signOf(value)}${mantissa}e${exponent < 0 ? '-' : '+'}${power}`;
}
