import { formatAddress, isMapped, isProblem, maskAddress, readAddress } from './ip-address';
import type { Address, AddressProblem } from './ip-address';
import { CelObject } from '../value';
import type { CelValue } from '../value';

/** An IP address (`net.IP`). */
export class IpAddress extends CelObject {
  readonly typeName = 'net.IP';
  readonly address: Address;

  constructor(address: Address) {
    super();
    this.address = address;
  }

  override equals(other: CelValue): boolean {
    return (
      other instanceof IpAddress &&
      other.address.family === this.address.family &&
      other.address.bits === this.address.bits
    );
  }

  override show(): string {
    return `ip("${formatAddress(this.address)}")`;
  }

  override toJson(): CelValue {
    return formatAddress(this.address);
  }
}

/** A range of addresses (`net.CIDR`): an address and how many of its first bits count. */
export class Cidr extends CelObject {
  readonly typeName = 'net.CIDR';
  readonly address: Address;
  readonly prefix: number;

  constructor(address: Address, prefix: number) {
    super();
    this.address = address;
    this.prefix = prefix;
  }

  get text(): string {
    return `${formatAddress(this.address)}/${this.prefix}`;
  }

  contains(address: Address): boolean {
    return (
      address.family === this.address.family &&
      maskAddress(address, this.prefix).bits === maskAddress(this.address, this.prefix).bits
    );
  }

  override equals(other: CelValue): boolean {
    return other instanceof Cidr && other.text === this.text;
  }

  override show(): string {
    return `cidr("${this.text}")`;
  }

  override toJson(): CelValue {
    return this.text;
  }
}

function goQuote(text: string): string {
  return JSON.stringify(text);
}

function addressError(text: string, { problem, at }: AddressProblem): string {
  return `ParseAddr(${goQuote(text)}): ${problem}${at === undefined ? '' : ` (at ${goQuote(at)})`}`;
}

/** @returns the error message, in cel-go's words, if the text is no address */
export function readIp(text: string): IpAddress | string {
  const read = readAddress(text);
  if (isProblem(read)) {
    return `IP Address ${goQuote(text)} parse error during conversion from string: ${addressError(text, read)}`;
  }
  if (read.zone !== undefined) {
    return `IP address ${goQuote(text)} with zone value is not allowed`;
  }
  return isMapped(read) ? `IPv4-mapped IPv6 address ${goQuote(text)} is not allowed` : new IpAddress(read);
}

/** @returns the error message, in cel-go's words, if the text is no range */
export function readCidr(text: string): Cidr | string {
  const problem = (what: string): string =>
    `CIDR ${goQuote(text)} parse error during conversion from string: netip.ParsePrefix(${goQuote(text)}): ${what}`;
  const slash = text.lastIndexOf('/');
  if (slash < 0) {
    return problem("no '/'");
  }
  const addressText = text.slice(0, slash);
  const read = readAddress(addressText);
  if (isProblem(read)) {
    return problem(addressError(addressText, read));
  }
  if (read.zone !== undefined) {
    return problem('IPv6 zones cannot be present in a prefix');
  }
  const bits = text.slice(slash + 1);
  if (!/^(?:0|[1-9][0-9]{0,17})$/.test(bits)) {
    return problem(`bad bits after slash: ${goQuote(bits)}`);
  }
  if (Number(bits) > (read.family === 4 ? 32 : 128)) {
    return problem('prefix length out of range');
  }
  return isMapped(read)
    ? `IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`
    : new Cidr(read, Number(bits));
}
