import type { Random } from '../../../random';
import { words } from './vocabulary';
import type { Vocabulary } from './vocabulary';

/** The names that an expression may use beside the request. */
export interface Names {
  /** Variables that are true or false. */
  readonly variables: readonly string[];
  /** Constants that are numbers. */
  readonly constants: readonly string[];
  readonly derivedRoles: readonly string[];
  /** The names in requests. */
  readonly vocabulary: Vocabulary;
}

/** A string literal. */
function literal(text: string): string {
  return JSON.stringify(text);
}

/** An expression that should give true or false, though what it reads may be missing or of another type. */
export function condition(random: Random, names: Names, depth = 2): string {
  if (depth > 0 && random.chance(0.35)) {
    const inner = (): string => condition(random, names, depth - 1);
    return random.pick([
      () => `(${inner()} && ${inner()})`,
      () => `(${inner()} || ${inner()})`,
      () => `!(${inner()})`,
      () => `(${inner()} ? ${inner()} : ${inner()})`,
    ])();
  }
  return atom(random, names);
}

function atom(random: Random, { variables, constants, derivedRoles, vocabulary }: Names): string {
  const number = (): string => String(random.below(5));
  const word = (): string => literal(random.pick(words));
  const owner = (): string =>
    random.pick(['R.attr', 'P.attr', 'request.resource.attr', 'request.principal.attr']);
  const choices: (() => string)[] = [
    () => `${owner()}.num ${random.pick(['<', '<=', '>', '>=', '==', '!='])} ${number()}`,
    () => `${owner()}.num + ${number()} > ${number()}`,
    () => `int(${owner()}.num) % 2 == ${random.below(2)}`,
    () => `${owner()}.flag`,
    () => `${owner()}.flag == ${random.pick(['true', 'false'])}`,
    () => `has(${owner()}.${random.pick(['num', 'word', 'flag', 'missing', 'tags'])})`,
    () => `${owner()}.word == ${word()}`,
    () => `${owner()}.word.${random.pick(['startsWith', 'endsWith', 'contains'])}(${word()}.substring(0, 1))`,
    () => `${owner()}.word.matches("^[a-c]")`,
    () => `size(${owner()}.word) > ${number()}`,
    () => `${word()} in ${owner()}.tags`,
    () => `${owner()}.tags.exists(tag, tag == ${word()})`,
    () => `${owner()}.tags.all(tag, size(tag) > ${number()})`,
    () => `size(${owner()}.tags.filter(tag, tag.startsWith("a"))) >= ${random.below(2)}`,
    () => `size(${owner()}.tags.map(tag, tag + "!")) == ${number()}`,
    () => `${owner()}.map.deep == ${number()}`,
    () => `${owner()}[?"num"].orValue(${number()}.0) >= ${number()}.0`,
    () => `"a" in ${owner()}.map`,
    () => `timestamp(${owner()}.time) < timestamp("2026-06-01T00:00:00Z")`,
    () => `timestamp(${owner()}.time).getFullYear() == 2026`,
    () => `timestamp("2026-01-01T00:00:00Z") + duration("24h") > timestamp(${owner()}.time)`,
    () => 'R.attr.num == P.attr.num',
    () => `R.id == ${literal(random.pick(vocabulary.ids))}`,
    () => `P.id == ${literal(random.pick(vocabulary.principals))}`,
    () => `${literal(random.pick(vocabulary.roles))} in P.roles`,
    () => `R.kind == ${literal(random.pick(vocabulary.kinds))}`,
    () => `R.scope == "${random.pick(['', 'open', 'consent'])}"`,
    () => `G.stage == "test"`,
    () => `globals.level ${random.pick(['>', '<'])} ${number()}`,
    () => `G.level >= ${owner()}.num`,
    () => 'has(globals.stage)',
    () => `request.auxData.jwt.level >= ${number()}`,
    () => `${word()} in request.aux_data.jwt.groups`,
    () => `has(request.auxData.jwt.team)`,
    () => `[1, 2, 3].exists(n, n == int(${owner()}.num))`,
    () => random.pick(['true', 'false', '1 == 1']),
    () => `${owner()}.word`,
  ];
  if (variables.length > 0) {
    for (let more = 0; more < 6; more++) {
      choices.push(() => `V.${random.pick(variables)}`);
    }
  }
  if (constants.length > 0) {
    for (let more = 0; more < 6; more++) {
      choices.push(() => `${owner()}.num >= C.${random.pick(constants)}`);
    }
  }
  if (derivedRoles.length > 0) {
    for (let more = 0; more < 3; more++) {
      choices.push(() => `"${random.pick(derivedRoles)}" in runtime.effectiveDerivedRoles`);
    }
    choices.push(() => `size(runtime.effectiveDerivedRoles) > ${random.below(3)}`);
  }
  return random.chance(0.12) ? libraryAtom(random, owner()) : random.pick(choices)();
}

/** The beginning of each call that {@link libraryAtom} may make of a function that CEL itself does not have. */
export const libraryCalls =
  /hierarchy\(|IPAddr|ntersect|isSubset|except\(|now\(|timeSince|spiffe|pathMatch|basePath|math\.|sets\.|lists\.|sortBy|format\(|regex\.|base64|cel\.bind|optMap|transform|ip\(|cidr\(|Ascii|distinct|sort\(/;

/** A condition that calls one of Cerbos' functions, or one of an extension of CEL. */
function libraryAtom(random: Random, owner: string): string {
  const number = (): string => String(random.below(4));
  return random.pick([
    () =>
      `hierarchy(${owner}.dotted).${random.pick(['ancestorOf', 'descendentOf', 'overlaps', 'siblingOf'])}(hierarchy("a.b"))`,
    () => `hierarchy(${owner}.dotted).size() > ${number()}`,
    () => `${owner}.ip.inIPAddrRange("10.0.0.0/8")`,
    () => `ip(${owner}.ip).isLoopback()`,
    () => `cidr("10.0.0.0/8").containsIP(ip(${owner}.ip))`,
    () => 'hasIntersection(R.attr.tags, P.attr.tags)',
    () => `size(intersect(${owner}.tags, ["a", "b", "cd"])) > ${number()}`,
    () => `isSubset(${owner}.tags, ["a", "ab", "b", "cd"])`,
    () => `${owner}.tags.except(["a"]) == ${owner}.tags`,
    () => `now() > timestamp("2020-01-01T00:00:00Z")`,
    () => `timeSince(timestamp("2020-01-01T00:00:00Z")) > duration("24h")`,
    () => `spiffeID("spiffe://acme/" + ${owner}.word).isMemberOf(spiffeTrustDomain("acme"))`,
    () => `${owner}.path.pathMatch("/home/*")`,
    () => `basePath(${owner}.path) == "b.txt"`,
    () => `math.greatest(${owner}.num, ${number()}) == ${owner}.num`,
    () => `math.abs(${owner}.num) >= ${number()}.0`,
    () => `sets.contains(${owner}.tags, ["a"])`,
    () => `sets.intersects(${owner}.tags, ["b", "ab"])`,
    () => `lists.range(${number()}).exists(n, double(n) == ${owner}.num)`,
    () => `${owner}.tags.sort() == ${owner}.tags.distinct()`,
    () => `${owner}.tags.sortBy(tag, size(tag))[0] == "a"`,
    () => `"%s!".format([${owner}.word]) == "ab!"`,
    () => `regex.replace(${owner}.word, "b", "x") == "ax"`,
    () => `base64.encode(bytes(${owner}.word)) == "YWI="`,
    () => `cel.bind(it, ${owner}.num, it > ${number()} && it < 4)`,
    () => `${owner}.?num.optMap(it, it > ${number()}).orValue(true)`,
    () => `${owner}.map.exists(key, value, key == "deep" && value == ${number()})`,
    () => `size(${owner}.map.transformList(key, value, key)) == ${number()}`,
    () => `${owner}.word.upperAscii() == "AB"`,
  ])();
}

/** An expression for an output: any JSON value, what becomes JSON, what cannot, or an error. */
export function outputValue(random: Random, names: Names): string {
  return random.pick([
    () => literal(random.pick(words)),
    () => `{"who": P.id, "what": R.kind, "num": R.attr.num}`,
    () => `[R.id, P.roles, ${random.below(9)}]`,
    () => `R.attr.tags.map(tag, tag + "?")`,
    () => `{"held": ${condition(random, names, 1)}}`,
    () => `R.attr.missing`,
    () => `runtime.effectiveDerivedRoles`,
    () => `duration("90s")`,
    () => `timestamp("2026-01-31T12:00:00Z")`,
    () => `${random.below(1000)} * 3`,
    () => `1.5 / 2.0`,
    () => `null`,
    () =>
      random.pick([
        `R.attr.?word`,
        `type(R.attr.num)`,
        `hierarchy("a.b")`,
        `{${random.below(9)}: P.id}`,
        `R`,
      ]),
  ])();
}
