import { describe, expect, test } from 'vitest';
import { runInside } from './host/inside';

// The suite runs once, in one extension host; each of its tests then stands here by its own name.
const results = await runInside();

describe('inside the extension host', () => {
  for (const { name, error } of results) {
    test(name, () => {
      expect(error).toBeUndefined();
    });
  }
});
