import type { JsonObject } from '../../protocol';
import { noEvidence } from './effect';
import type { CallEvidence } from './effect';
import { lettersOf } from './words';

/** Arguments that hold program code, compared without case and separators. */
const codeNames = new Set([
  'code',
  'script',
  'function',
  'expression',
  'javascript',
  'js',
  'python',
  'pythoncode',
  'lua',
  'luascript',
  'sourcecode',
  'snippet',
  'program',
  'func',
  'callback',
  'eval',
]);

/** A call that is given program code runs it. Text that is to be written to a file is called otherwise. */
export function codeEvidence(args: JsonObject): CallEvidence {
  const name = Object.keys(args).find((key) => codeNames.has(lettersOf(key)) && isText(args[key]));
  return name === undefined
    ? noEvidence
    : {
        evidence: [{ kind: 'execute', from: 'code', text: `the argument "${name}" is program code` }],
        loses: false,
        covers: 'some',
        targets: [],
      };
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}
