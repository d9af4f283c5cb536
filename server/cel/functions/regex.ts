import { RE2JS, RE2JSSyntaxException } from 're2js';
import { fail } from '../evaluator/failure';
import type { Failure } from '../evaluator/failure';

const cacheSize = 500;
const cache = new Map<string, RE2JS | Failure>();

/** Compiles an RE2 pattern, or says why it is none. Keeps recent ones, since policies use the same few again and again. */
export function regex(pattern: string): RE2JS | Failure {
  const known = cache.get(pattern);
  if (known) {
    return known;
  }
  const made = compile(pattern);
  if (cache.size >= cacheSize) {
    cache.clear();
  }
  cache.set(pattern, made);
  return made;
}

function compile(pattern: string): RE2JS | Failure {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) {
      const input = error.getPattern();
      return fail(`error parsing regexp: ${error.getDescription()}${input ? `: \`${input}\`` : ''}`);
    }
    return fail(`error parsing regexp: ${error instanceof Error ? error.message : 'invalid pattern'}`);
  }
}
