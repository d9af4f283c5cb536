import { expect, test } from 'vitest';
import { sentences } from './sentences';

test.each([
  [['Select to fix it.', 'Gatehouse: 1 allowed'], 'Select to fix it. Gatehouse: 1 allowed.'],
  [['Gatehouse: halted', 'Really?', 'Wait…', '“Stop.”'], 'Gatehouse: halted. Really? Wait… “Stop.”'],
  [['', '  One  ', '\n'], 'One.'],
  [['ended (five deletions.)', 'two'], 'ended (five deletions.) two.'],
  [[], ''],
])('lines %j are read as %j', (lines, text) => {
  expect(sentences(lines)).toBe(text);
});
