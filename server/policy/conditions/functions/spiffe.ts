import type { CelValue } from '../../../cel';
import { CerbosValue } from './cerbos-value';

const scheme = 'spiffe://';

/** The errors of SPIFFE identifiers, in the words of go-spiffe. */
const problems = {
  domain: 'trust domain characters are limited to lowercase letters, numbers, dots, dashes, and underscores',
  segment: 'path segment characters are limited to letters, numbers, dots, dashes, and underscores',
  dots: 'path cannot contain dot segments',
  empty: 'cannot be empty',
  emptySegment: 'path cannot contain empty segments',
  noDomain: 'trust domain is missing',
  trailingSlash: 'path cannot have a trailing slash',
  scheme: 'scheme is missing or invalid',
} as const;

/** A SPIFFE identifier: `spiffe://domain/path` (SPIFFE ID specification, section 2). */
export class SpiffeId extends CerbosValue {
  readonly typeName = 'cerbos.lib.spiffeID';
  readonly trustDomain: string;
  readonly path: string;

  constructor(trustDomain: string, path: string) {
    super();
    this.trustDomain = trustDomain;
    this.path = path;
  }

  override conversionName(): string {
    return 'SPIFFEID';
  }

  get text(): string {
    return `${scheme}${this.trustDomain}${this.path}`;
  }

  override equals(other: CelValue): boolean | undefined {
    if (typeof other === 'string') {
      return other === this.text;
    }
    return other instanceof SpiffeId ? other.text === this.text : undefined;
  }

  override show(): string {
    return `spiffeID("${this.text}")`;
  }

  override toJson(): CelValue {
    return this.text;
  }
}

/** A domain within which SPIFFE identifiers are given out. */
export class SpiffeTrustDomain extends CerbosValue {
  readonly typeName = 'cerbos.lib.spiffeTrustDomain';
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }

  override conversionName(): string {
    return 'SPIFFETrustDomain';
  }

  override equals(other: CelValue): boolean | undefined {
    if (typeof other === 'string') {
      const read = readTrustDomain(other);
      return typeof read !== 'string' && read.name === this.name;
    }
    return other instanceof SpiffeTrustDomain ? other.name === this.name : undefined;
  }

  override show(): string {
    return `spiffeTrustDomain("${this.name}")`;
  }

  override toJson(): CelValue {
    return this.name;
  }
}

/** A test for SPIFFE identifiers. */
export class SpiffeMatcher extends CerbosValue {
  readonly typeName = 'cerbos.lib.spiffeMatcher';
  readonly matches: (id: SpiffeId) => boolean;

  constructor(matches: (id: SpiffeId) => boolean) {
    super();
    this.matches = matches;
  }

  override conversionName(): string {
    return 'SPIFFEMatcher';
  }

  override isHashable(): boolean {
    return false;
  }

  /** No matcher equals anything, itself included. */
  override equals(): boolean {
    return false;
  }
}

/** Reads an identifier, or says why not. */
export function readSpiffeId(text: string): SpiffeId | string {
  if (text === '') {
    return problems.empty;
  }
  if (!text.startsWith(scheme)) {
    return problems.scheme;
  }
  const slash = text.indexOf('/', scheme.length);
  const domain = text.slice(scheme.length, slash < 0 ? undefined : slash);
  const path = slash < 0 ? '' : text.slice(slash);
  if (!isDomain(domain)) {
    return problems.domain;
  }
  if (domain === '') {
    return problems.noDomain;
  }
  return pathProblem(path) ?? new SpiffeId(domain, path);
}

/** Reads a trust domain, alone or as an identifier's, or says why not. */
export function readTrustDomain(text: string): SpiffeTrustDomain | string {
  if (text === '') {
    return problems.noDomain;
  }
  if (text.includes(':/')) {
    const id = readSpiffeId(text);
    return typeof id === 'string' ? id : new SpiffeTrustDomain(id.trustDomain);
  }
  return isDomain(text) ? new SpiffeTrustDomain(text) : problems.domain;
}

function isDomain(text: string): boolean {
  return /^[a-z0-9._-]*$/.test(text);
}

/** The first error of a path, from the left; undefined if it is valid. */
function pathProblem(path: string): string | undefined {
  if (path === '') {
    return undefined;
  }
  const segments = path.slice(1).split('/');
  for (const [index, segment] of segments.entries()) {
    if (!/^[A-Za-z0-9._-]*$/.test(segment)) {
      return problems.segment;
    }
    if (segment === '') {
      return index === segments.length - 1 ? problems.trailingSlash : problems.emptySegment;
    }
    if (segment === '.' || segment === '..') {
      return problems.dots;
    }
  }
  return undefined;
}
