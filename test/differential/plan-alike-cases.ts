// What the binary takes for the same and writes once, and what it does not, in the conditions of one rule and of several.

/** The conditions of rules that allow the same, and the text of their filter; `struct` where it is in a random order. */
export interface AlikeCase {
  readonly conditions: readonly string[];
  readonly filter: string;
}

export const alikeCases: readonly AlikeCase[] = [
  { conditions: ['R.attr.a == null || R.attr.a == false'], filter: '(eq request.resource.attr.a null)' },
  { conditions: ['R.attr.a == "" || R.attr.a == false'], filter: '(eq request.resource.attr.a "")' },
  {
    conditions: ['R.attr.a == 0 || R.attr.a == false'],
    filter: '(or (eq request.resource.attr.a 0) (eq request.resource.attr.a false))',
  },
  {
    conditions: ['R.attr.a == 0.0 || R.attr.a == -0.0'],
    filter: '(or (eq request.resource.attr.a 0) (eq request.resource.attr.a -0))',
  },
  {
    conditions: ['R.attr.a == R.attr.b || R.attr.a == "request.resource.attr.b"'],
    filter: '(eq request.resource.attr.a request.resource.attr.b)',
  },
  { conditions: ['R.attr.a == 1 || R.attr.a in [1]'], filter: '(eq request.resource.attr.a 1)' },
  { conditions: ['R.attr.a == [1] || R.attr.a == 1'], filter: '(eq request.resource.attr.a [1])' },
  {
    conditions: ['(has(R.attr.x) || R.attr.b) && R.attr.a || (has(R.attr.y) || R.attr.c) && R.attr.a'],
    filter: '(or request.resource.attr.a request.resource.attr.a)',
  },
  {
    conditions: ['has(R.attr.x) && R.attr.a || has(R.attr.y) && R.attr.a'],
    filter: 'request.resource.attr.a',
  },
  {
    conditions: [
      '(R.attr.a || !has(R.attr.x)) || (R.attr.a || !(has(R.attr.x) || R.attr.b)) || (R.attr.a || !has(R.attr.y))',
    ],
    filter: '(or (or request.resource.attr.a request.resource.attr.a) request.resource.attr.a)',
  },
  { conditions: ['R.attr.a == null', 'R.attr.a == false'], filter: '(eq request.resource.attr.a null)' },
  { conditions: ['R.attr.a == 0', 'R.attr.a == false'], filter: '(eq request.resource.attr.a 0)' },
  { conditions: ['R.attr.a == 5', 'R.attr.a == 5u'], filter: '(eq request.resource.attr.a 5)' },
  {
    conditions: ['R.attr.a == 5', 'R.attr.a == 5.0'],
    filter: '(eq request.resource.attr.a 5)',
  },
  {
    conditions: ['R.attr.a == -300', 'R.attr.a == 300'],
    filter: '(or (eq request.resource.attr.a -300) (eq request.resource.attr.a 300))',
  },
  { conditions: ['R.attr.a == "é"', 'R.attr.a == b"é"'], filter: '(eq request.resource.attr.a "é")' },
  { conditions: ['R.attr.a == "b"', 'R.attr.a == ["b"]'], filter: '(eq request.resource.attr.a "b")' },
  { conditions: ['R.attr.a == {"x": 1, "y": 2}', 'R.attr.a == {"y": 2, "x": 1}'], filter: 'struct' },
  {
    conditions: ['R.attr.tags.all(t, t == null)', 'R.attr.tags.all(t, t == "")'],
    filter: '(all request.resource.attr.tags (lambda (eq t null) t))',
  },
  {
    conditions: ['R.attr.a', 'R.attr.b', 'R.attr.a'],
    filter: '(or (or request.resource.attr.a request.resource.attr.b) request.resource.attr.a)',
  },
];
