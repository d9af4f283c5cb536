// Where our filter of a chosen condition is another than Cerbos', because Cerbos' differs from its own checks, says the same
// in more words, or cannot be made.

/** By condition, the text of our filter; `error` where there is none, `struct` where the text has the fields of maps. */
export const planDifferences: Readonly<Record<string, string>> = {
  'R.attr.m[R.attr.known] == 1': '(eq (index request.resource.attr.m "kn") 1)',
  'P.attr.m[R.attr.a] < 2': '(eq request.resource.attr.a "k")',
  '"X" in P.attr.o[R.attr.a]': 'struct',
  'has(R.attr.known)': '(true)',
  'has(R.attr.a)': '(eq request.resource.attr.a request.resource.attr.a)',
  'P.attr.tags.exists(t, R.attr.tags.exists(u, u == t))':
    '(or (exists request.resource.attr.tags (lambda (eq u "a") u)) (exists request.resource.attr.tags (lambda (eq u "b") u)))',
  'R.attr.tags.map(t, t.ok, t.id) == ["a"]':
    '(eq (transformList request.resource.attr.tags (lambda t.ok t.id t)) ["a"])',
  'R.attr.m.transformMap(k, v, v + 1) == {"a": 1}': 'error',
  'R.attr.m.transformMap(k, v, v > 1, v + 1) == {"a": 1}': 'error',
  'R.attr.a ? 1 + 1 == 2 : P.attr.n == 4': '(if request.resource.attr.a true false)',
  'R.attr.a ? R.attr.b : P.attr.f': '(if request.resource.attr.a request.resource.attr.b true)',
  '(R.attr.f ? P.attr : R.attr).n == 3': 'struct',
  'R.attr.a && P.attr.missing': '(false)',
  'R.attr.a || P.attr.missing': 'request.resource.attr.a',
  'R.attr.tags.exists(t, t == P.attr.missing)':
    '(exists request.resource.attr.tags (lambda (eq t request.principal.attr.missing) t))',
  'R.attr.tags.exists(t, P.attr.missing == t)':
    '(exists request.resource.attr.tags (lambda (eq request.principal.attr.missing t) t))',
  '!R.attr.a': '(eq request.resource.attr.a false)',
  '!(R.attr.a && P.attr.f)': '(eq request.resource.attr.a false)',
  'V.v3 > 3': 'error',
  'has(V.v1)': 'error',
  'R.attr[P.id] == 1': '(eq (index request.resource.attr "ann") 1)',
  'R.attr[P.attr.s] == 1': '(eq (index request.resource.attr "x") 1)',
  'R.attr.m[P.id + "x"] == 1': '(eq (index request.resource.attr.m "annx") 1)',
  'R.attr.m[R.kind] == 1': '(eq (index request.resource.attr.m "kind69") 1)',
  'R.attr.m[P.scope] == 1': '(eq (index request.resource.attr.m "") 1)',
  'R.attr.?known.orValue("") == "kn" || R.attr.a': '(true)',
  'R.policyVersion == "x"': '(false)',
  'R.attr.a == b"abc"': 'error',
  'R.attr.a == R.attr.km.sub + 1': 'error',
  'R.attr.a + 1 + 2 > 3': 'error',
  '1 + 2 + R.attr.a > 3': 'error',
  'R.attr.a - (2 - 1) * 3 / 3 % 2 > 0': 'error',
  'R.attr.list.all(x, R.attr.kl.exists(y, y == x))': '(all request.resource.attr.list (lambda (eq "q" x) x))',
  'optional.of(1)': '(false)',
  'int(R.attr.a) == 9223372036854775807': 'error',
  'has(R.attr.a.b) && R.attr.a.b == 1':
    '(and (eq request.resource.attr.a.b request.resource.attr.a.b) (eq request.resource.attr.a.b 1))',
  'has(R.attr.a.b) || R.attr.a.c == 1':
    '(or (eq request.resource.attr.a.b request.resource.attr.a.b) (eq request.resource.attr.a.c 1))',
  '!has(R.attr.a.b)': 'error',
  'R.attr.a == 1 || R.attr.b == P.attr.missing': '(eq request.resource.attr.a 1)',
  'R.attr.a == 1 && R.attr.b == P.attr.missing': '(false)',
  'R.attr.tags.exists(t, t.x && t == P.attr.missing)':
    '(exists request.resource.attr.tags (lambda (and t.x (eq t request.principal.attr.missing)) t))',
  'R.attr.tags.map(t, t.x == P.attr.n, P.id + t) == ["a"]':
    '(eq (transformList request.resource.attr.tags (lambda (eq t.x 3) (add "ann" t) t)) ["a"])',
  'R.attr[P.attr.s + "x"] == 1': '(eq (index request.resource.attr "xx") 1)',
  'R.attr["x"][P.id] == 1': '(eq (index (index request.resource.attr "x") "ann") 1)',
  'R.attr.m[P.id].y == 1': '(eq (get-field (index request.resource.attr.m "ann") y) 1)',
  'P.attr[R.attr.x] == 1': 'struct',
  'request.resource.attr[P.id] == 1': '(eq (index request.resource.attr "ann") 1)',
  'R.attr.list[size(P.id)] == 1': '(eq (index request.resource.attr.list 3) 1)',
  'R.attr.tags.exists(t, t[P.id] == 1)':
    '(exists request.resource.attr.tags (lambda (eq (index t "ann") 1) t))',
  'R.attr.a ? P.attr.n : P.attr.n': '(if request.resource.attr.a 3 3)',
  'R.attr.tags.map(t, t == "a", "x" + "y") == ["xy"]':
    '(eq (transformList request.resource.attr.tags (lambda (eq t "a") "xy" t)) ["xy"])',
  'R.attr.a ? C.c1 == 5 : G.stage == "test"': '(if request.resource.attr.a true true)',
  'R.attr.a ? true && R.attr.b : false || R.attr.c':
    '(if request.resource.attr.a (and true request.resource.attr.b) (or false request.resource.attr.c))',
  'R.attr.a ? duration("1h") > duration("30m") : type(1) == int': '(if request.resource.attr.a true true)',
  'P.attr.?n': '(false)',
  'optional.of(true)': '(true)',
  'R.attr.a ? P.attr.?n.orValue(1.0) == 3.0 : false': '(if request.resource.attr.a true false)',
  'P.attr.tags.exists(t, R.attr.m[t] == 1)':
    '(or (eq (index request.resource.attr.m "a") 1) (eq (index request.resource.attr.m "b") 1))',
  '[?P.attr.?n, R.attr.b] == []': 'error',
  '[?P.attr.?zz, R.attr.b] == []': 'error',
  'request.auxData.jwt.iss == "x" || R.attr.a': 'request.resource.attr.a',
  'R.attr.x in [1, 2.5, "a", null, true, b"x", 3u]': 'error',
  'R.attr.x in {10: 1, 9: 2, 1: 3}': '(in request.resource.attr.x [1,10,9])',
  'P.attr.tags.exists(i, t, R.attr.tags[i] == t)':
    '(or (eq (index request.resource.attr.tags 0) "a") (eq (index request.resource.attr.tags 1) "b"))',
  'P.attr.one.all(k, v, R.attr.m[k] == v)': '(eq (index request.resource.attr.m "k") 1)',
  'R.attr.tags.transformList(i, t, i > 0, t + P.id) == ["a"]':
    '(eq (transformList request.resource.attr.tags (lambda (gt i 0) (add t "ann") i t)) ["a"])',
  '!(!(R.attr.a == 1))': '(eq request.resource.attr.a 1)',
  '!(R.attr.a == 1 && R.attr.b == 2)': '(or (ne request.resource.attr.a 1) (ne request.resource.attr.b 2))',
  'R.attr.a ? true : P.attr.f': '(if request.resource.attr.a true true)',
  'R.attr.d > duration(P.attr.s) || R.attr.a': 'request.resource.attr.a',
  'G.missing == 1 || R.attr.a': 'request.resource.attr.a',
  'P.attr.o[R.attr.x].missing == "X"': '(false)',
  'P.attr.o[R.attr.x].role == "X" && R.attr.b':
    '(and (eq request.resource.attr.x "p") request.resource.attr.b)',
  'P.attr.m[R.attr.x] > 1.0': '(eq request.resource.attr.x "j")',
  '2.0 in P.attr.m[R.attr.x]': 'struct',
  '"role" in P.attr.o[R.attr.x]': 'struct',
  'dyn(R.attr.x) == 1': '(eq request.resource.attr.x 1)',
  'google.protobuf.Int64Value{value: R.attr.x} == 1': 'error',
};
