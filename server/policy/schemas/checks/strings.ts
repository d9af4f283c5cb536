import type { JsonValue } from '../../../cel';
import { quote } from '../json/go-text';
import { compilePattern } from '../formats/pattern';
import type { KeywordReader } from '../keyword-reader';
import type { Check, Schema, SchemaVisit } from '../schema';

/** Length, in code points, and `pattern`. */
export function stringChecks(reader: KeywordReader): readonly Check[] {
  const checks: Check[] = [];
  const [least, most] = [reader.count('minLength'), reader.count('maxLength')];
  if (least !== undefined || most !== undefined) {
    checks.push((visit) => {
      if (typeof visit.value !== 'string') {
        return;
      }
      const length = codePoints(visit.value);
      if (least !== undefined && length < least) {
        visit.fail(`length must be >= ${least}, but got ${length}`);
      }
      if (most !== undefined && length > most) {
        visit.fail(`length must be <= ${most}, but got ${length}`);
      }
    });
  }
  const pattern = compilePattern(reader.text('pattern') ?? '');
  if (pattern && reader.text('pattern') !== undefined) {
    checks.push((visit) => {
      if (typeof visit.value !== 'string' || pattern.matches(visit.value)) {
        return;
      }
      visit.fail(`does not match pattern ${quote(pattern.source)}`);
    });
  }
  return checks;
}

/** `contentEncoding`, `contentMediaType` and `contentSchema`: what is in a string. */
export function contentCheck(reader: KeywordReader): Check | undefined {
  const encoded = reader.text('contentEncoding') === 'base64';
  const mediaType = reader.text('contentMediaType');
  const schema = mediaType === undefined ? undefined : reader.schema('contentSchema', 'same');
  const isJson = mediaType === 'application/json';
  if (!encoded && !isJson) {
    return undefined;
  }
  // An encoding that `cerbos 0.55` does not know leaves it without content to look at.
  const readable = encoded || reader.text('contentEncoding') === undefined;
  return (visit) => {
    if (typeof visit.value !== 'string') {
      return;
    }
    const content = encoded ? fromBase64(visit.value) : visit.value;
    if (content === undefined) {
      visit.fail('value is not base64 encoded');
    }
    if (content === undefined || !readable) {
      return;
    }
    const json = parsed(content);
    if (isJson && !json) {
      visit.fail(`value is not of mediatype ${quote(mediaType)}`);
    }
    if (schema && !json) {
      visit.fail('value is not valid json');
    } else if (schema && json) {
      checkContent(visit, schema, json.value);
    }
  };
}

function checkContent(visit: SchemaVisit, schema: Schema, value: JsonValue): void {
  visit.add(visit.part(schema, value, ''));
}

function fromBase64(text: string): string | undefined {
  const plain = text.replace(/[\r\n]/g, '');
  const valid = plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain);
  return valid ? Buffer.from(plain, 'base64').toString('utf8') : undefined;
}

function parsed(text: string): { readonly value: JsonValue } | undefined {
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch {
    return undefined;
  }
}

function codePoints(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; count++) {
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return count;
}
