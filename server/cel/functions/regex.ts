import type { RE2JS } from 're2js';
import type * as Re2 from 're2js';
import { fail, Failure } from '../values/failure';
import { Automaton } from '../regex/automaton';

// RE2 takes a third of the time that loading all of this library takes, and most policies need none of it.
declare const require: (name: 're2js') => typeof Re2;

const cacheSize = 500;
const cache = new Map<string, RE2JS | Failure>();
/** The automata of patterns that are simple enough; null for those that are not. */
const automata = new Map<string, Automaton | null>();

/**
 * Tests that a pattern occurs in a text, in time proportional to the text.
 * @returns a failure if the pattern is invalid
 */
export function occurs(pattern: string, text: string): boolean | Failure {
  const automaton = automata.get(pattern);
  const found = automaton?.test(text);
  if (found !== undefined) {
    return found;
  }
  const compiled = regex(pattern);
  if (compiled instanceof Failure) {
    return compiled;
  }
  if (automaton === undefined) {
    if (automata.size >= cacheSize) {
      automata.clear();
    }
    automata.set(pattern, Automaton.of(pattern) ?? null);
  }
  return compiled.test(text);
}

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
  const { RE2JS, RE2JSSyntaxException } = require('re2js');
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
