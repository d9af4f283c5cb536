// Names of functions and macros that Cerbos' documentation of conditions, cel-go's standard library, its extensions and the
// CEL specification list, and names that one could take for such. Which of them exist is for `cerbos 0.55` to say.

const bare = `all bind block exists existsOne exists_one filter has map optFlatMap optMap sortBy transformList transformMap
  transformMapEntry
  bool bytes double duration dyn google.protobuf.Timestamp int list map null_type string timestamp type uint
  contains endsWith matches size startsWith getDate getDayOfMonth getDayOfWeek getDayOfYear getFullYear getHours
  getMilliseconds getMinutes getMonth getSeconds
  hasValue none of ofNonZeroValue optional or orValue unwrap unwrapOpt value first last
  charAt format indexOf join lastIndexOf lowerAscii quote replace reverse split substring trim upperAscii
  distinct flatten range slice sort
  cidr containsCIDR containsIP family ip isCIDR isCanonical isGlobalUnicast isIP isLinkLocalMulticast isLinkLocalUnicast
  isLoopback isMask isUnspecified masked prefixLength
  extract extractAll find findAll
  getExt hasExt url isURL quantity isQuantity semver isSemver now timeSince id now_fn
  ancestorOf commonAncestors descendentOf hierarchy immediateChildOf immediateParentOf overlaps siblingOf
  except hasIntersection has_intersection inIPAddrRange intersect isSubset is_subset
  basePath dirPath extPath joinPath pathHasPrefix pathMatch pathMatchAnyOf relPath volumeName
  isMemberOf matchesID name path spiffeID spiffeMatchAny spiffeMatchExact spiffeMatchOneOf spiffeMatchTrustDomain
  spiffeMatcher spiffeTrustDomain trustDomain
  abs ceil floor greatest least round sign sqrt trunc min max sum avg decode encode intersects equivalent keys values any`;

const spaces = {
  base64: 'decode encode decodeUrl encodeUrl',
  hex: 'decode encode',
  json: 'decode encode marshal parse unmarshal',
  yaml: 'decode encode',
  cel: 'bind block iterVar index',
  lists: 'range concat',
  math: `abs bitAnd bitNot bitOr bitShiftLeft bitShiftRight bitXor ceil floor greatest isFinite isInf isNaN least max min pow
    round sign sqrt trunc`,
  optional: 'none of ofNonZeroValue unwrap',
  proto: 'getExt hasExt',
  regex: 'extract extractAll match matches replace',
  sets: 'contains equivalent intersects intersect union difference',
  strings: 'quote format join',
  ip: 'isCanonical isIP',
  cidr: 'isCIDR',
  net: 'parseIP parseCIDR',
  url: 'decode encode parse',
};

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

export const functionNames: readonly string[] = [
  ...new Set([
    ...words(bare),
    ...Object.entries(spaces).flatMap(([space, names]) => words(names).map((name) => `${space}.${name}`)),
  ]),
];
