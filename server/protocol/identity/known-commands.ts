/*
 * Command lines that are known to start the same in every folder. The list says what is allowed: a program, an option
 * or a kind of word that is not here may depend on the folder. So shells, package scripts (npm run, make, just, task),
 * interpreters with code or modules (-c, -e, -m, --import), programs that read a project (docker compose, uv run,
 * cargo run, go run, deno, bun, yarn) and programs that nobody here knows are not here.
 */

/** The kind of value that a word must be, so that it means the same in every folder. */
type Kind =
  /** A name in npm's registry, with or without a version or tag: no path, address or alias. */
  | 'npm package'
  /** A name in Python's registry, with or without extras and a version. */
  | 'python package'
  | 'version'
  /** A container's image. */
  | 'image'
  /** A script by its absolute path. */
  | 'script'
  /** A container's mount whose source is absolute, or a named volume. */
  | 'mount'
  /** Something else that leads nowhere in the folder. */
  | 'data'
  /** Never interpreted on this machine. */
  | 'anything';

interface KnownCommand {
  /** Without the ending that Windows gives it. */
  readonly program: RegExp;
  /** The words that must follow the program. */
  readonly subcommand?: readonly string[];
  /** Options without a value. */
  readonly flags: readonly string[];
  /** Options with a value, in the next word or after `=`. */
  readonly options: Readonly<Record<string, Kind>>;
  /** Kind of the first word that is no option: the package, image or script. */
  readonly runs: Kind;
  /** Kind of all words after the one that it runs. */
  readonly rest: 'data' | 'anything';
  /** The program also reads options that follow the word that it runs, unless `--` precedes them. */
  readonly takesLateOptions?: true;
}

const npx = {
  flags: ['-y', '--yes', '-q', '--quiet'],
  options: { '-p': 'npm package', '--package': 'npm package' },
  runs: 'npm package',
  rest: 'data',
} as const;
const uvx = {
  flags: ['-q', '--quiet', '--isolated'],
  options: { '--from': 'python package', '--with': 'python package', '-p': 'version', '--python': 'version' },
  runs: 'python package',
  rest: 'data',
} as const;

const knownCommands: readonly KnownCommand[] = [
  // Both look for the package in the folder first, which placesOf sees.
  { ...npx, program: /^npx$/ },
  { ...npx, program: /^npm$/, subcommand: ['exec'], takesLateOptions: true },
  { ...npx, program: /^npm$/, subcommand: ['x'], takesLateOptions: true },
  {
    program: /^pnpm$/,
    subcommand: ['dlx'],
    flags: [],
    options: { '--package': 'npm package' },
    runs: 'npm package',
    rest: 'data',
  },
  // As tools, programs of a package are run without a look at the settings of the folder:
  // https://docs.astral.sh/uv/concepts/configuration-files/
  { ...uvx, program: /^uvx$/ },
  { ...uvx, program: /^uv$/, subcommand: ['tool', 'run'] },
  {
    program: /^pipx$/,
    subcommand: ['run'],
    flags: [],
    options: { '--spec': 'python package', '--python': 'version' },
    runs: 'python package',
    rest: 'data',
  },
  {
    program: /^(?:docker|podman)$/,
    subcommand: ['run'],
    flags: ['-i', '-t', '-it', '-ti', '--interactive', '--tty', '--rm', '--init', '--read-only'],
    options: {
      '-e': 'anything',
      '--env': 'anything',
      '-v': 'mount',
      '--volume': 'mount',
      '--mount': 'mount',
      '--name': 'anything',
      '--network': 'anything',
      '--net': 'anything',
      '--platform': 'anything',
      '--pull': 'anything',
      '-u': 'anything',
      '--user': 'anything',
      '-w': 'anything',
      '--workdir': 'anything',
      '--entrypoint': 'anything',
      '-m': 'anything',
      '--memory': 'anything',
      '--cpus': 'anything',
      '--cap-drop': 'anything',
      '--add-host': 'anything',
      '-p': 'anything',
      '--publish': 'anything',
    },
    runs: 'image',
    // They are the container's, which has folders of its own.
    rest: 'anything',
  },
  {
    program: /^node$/,
    flags: ['--no-warnings', '--no-deprecation', '--enable-source-maps', '--use-system-ca'],
    options: {},
    runs: 'script',
    rest: 'data',
  },
  {
    program: /^python(?:3(?:\.\d+)?)?$/,
    flags: ['-u', '-I', '-E', '-s', '-B', '-O'],
    options: {},
    runs: 'script',
    rest: 'data',
  },
];

/** The name of a program, without its folder and the ending that Windows gives it. */
export function programName(command: string): string {
  return (/[^\\/]*$/.exec(command)?.[0] ?? '').replace(/\.(?:exe|cmd|bat|com|ps1)$/i, '').toLowerCase();
}

/**
 * Checks a command line against the list; false if any word may depend on the folder.
 * @param leads returns true if a word names an entry of the folder
 */
export function isKnownCommand(
  command: string,
  args: readonly string[],
  leads: (word: string) => boolean,
): boolean {
  const name = programName(command);
  return knownCommands.some((known) => known.program.test(name) && fits(known, args, leads));
}

function fits(known: KnownCommand, args: readonly string[], leads: (word: string) => boolean): boolean {
  const { flags, options, rest, runs, subcommand = [], takesLateOptions = false } = known;
  if (!subcommand.every((word, index) => args[index] === word)) {
    return false;
  }
  const words = args.slice(subcommand.length);
  let separated = false;
  for (let word = words[0]; word?.startsWith('-') === true; word = words[0]) {
    words.shift();
    if (word === '--') {
      separated = true;
      break;
    }
    if (flags.includes(word)) {
      continue;
    }
    const [, option = '', glued] = /^([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const kind = Object.hasOwn(options, option) ? options[option] : undefined;
    const value = glued ?? words.shift();
    if (kind === undefined || value === undefined || !isOfKind(kind, value, leads)) {
      return false;
    }
  }
  const [target, ...after] = words;
  if (target === undefined || !isOfKind(runs, target, leads)) {
    return false;
  }
  const own = after.includes('--') ? after.slice(0, after.indexOf('--')) : after;
  if (takesLateOptions && !separated && own.some((word) => word.startsWith('-'))) {
    return false;
  }
  return after.every((word) => isOfKind(rest, word, leads));
}

function isOfKind(kind: Kind, word: string, leads: (word: string) => boolean): boolean {
  switch (kind) {
    case 'npm package':
      return (
        /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*(?:@[\w.~^+-]+)?$/i.test(word) && !isScriptName(word)
      );
    case 'python package':
      return (
        /^[a-z0-9][\w.-]*(?:\[[\w.,-]+\])?(?:(?:==|@)[\w.!+*-]+)?$/i.test(word) &&
        !/\.(?:py|whl|zip|gz)$/i.test(word)
      );
    case 'version':
      return /^\d+(?:\.\d+)*$/.test(word);
    case 'image':
      return /^[a-z0-9][\w.:/@-]*$/i.test(word);
    case 'script':
      return isFixedPath(word);
    case 'mount':
      return isFixedMount(word);
    case 'data':
      return isData(word, leads);
    case 'anything':
      return true;
  }
}

/** npx takes some words for files. */
function isScriptName(word: string): boolean {
  return /\.(?:[cm]?[jt]s|tgz|tar|gz)$/i.test(word);
}

function isFixedMount(word: string): boolean {
  if (word.includes('=')) {
    const sources = [...word.matchAll(/(?:^|,)(?:source|src)=([^,]*)/gi)].map(([, source = '']) => source);
    return /^type=[a-z]+(?:,|$)/.test(word) && sources.every(isFixedSource);
  }
  const source = /^[a-z]:[\\/][^:]*/i.exec(word)?.[0] ?? word.split(':')[0] ?? '';
  return isFixedSource(source);
}

/** An absolute path, or the name of a volume. */
function isFixedSource(source: string): boolean {
  return isFixedPath(source) || /^[a-z0-9][\w-]*$/i.test(source);
}

/**
 * True if a word, or the value after an option's `=`, is empty, a fixed path, a URL other than `file:`, or a text that
 * names no entry of the folder.
 */
export function isData(word: string, leads: (word: string) => boolean): boolean {
  if (word === '' || isFixedPath(word) || /^(?!file:)[a-z][a-z0-9+.-]+:\/\//i.test(word)) {
    return true;
  }
  const option = /^(?:--?[a-z][\w-]*)(?:=(.*))?$/is.exec(word);
  if (option !== null) {
    return option[1] === undefined || isData(option[1], leads);
  }
  // Neither with folders in it, nor with the ending of a file, nor the name of something that is there.
  return !/^[-@.]|[\\/]|\.[a-z]\w{0,5}$/i.test(word) && !leads(word);
}

/**
 * True if a path leads to the same place from every folder: absolute (on Windows with a drive, or UNC), without `..`,
 * and not below `/proc` or `/dev`, which differ from process to process.
 */
export function isFixedPath(path: string, platform: NodeJS.Platform = process.platform): boolean {
  const absolute = platform === 'win32' ? /^(?:[a-z]:[\\/]|\\\\)/i : /^\//;
  return absolute.test(path) && !/(?:^|[\\/])\.\.(?:[\\/]|$)|^\/+(?:proc|dev)(?:\/|$)/.test(path);
}
