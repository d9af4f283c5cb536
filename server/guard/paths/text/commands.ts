import { isProse } from './prose';

/** Programs that are hardly ever the first word of a sentence, and can be given paths. */
const programs = new Set(
  (
    'cat cp mv rm rmdir mkdir ln tee sed awk gawk grep egrep fgrep rg fd ls ll dir chmod chown chgrp chattr stat du df ' +
    'curl wget scp rsync sftp ssh tar zip unzip gzip gunzip bzip2 xz dd xxd od hexdump base64 md5sum sha256sum strings ' +
    'nano vi vim nvim emacs code bat tac nl wc uniq tr diff cmp cd pushd python python3 node deno bun perl ruby php lua ' +
    'bash sh zsh fish dash ksh pwsh powershell cmd sudo doas su env xargs nohup setsid timeout git svn hg jj gh npm npx ' +
    'pnpm yarn pip pip3 uv uvx cargo go docker podman kubectl sqlite3 psql mysql jq yq realpath readlink basename ' +
    'dirname mkfifo mktemp truncate shred unlink rename apply_patch printf eval chroot mount umount type copy move del ' +
    'erase xcopy robocopy get-content set-content add-content remove-item copy-item move-item new-item out-file gc sc'
  ).split(' '),
);
/** Programs whose names are English words, too: only with an option or a path right behind them. */
const ambiguous = new Set(
  'find head tail more less sort cut paste test touch touch install make file link split join open start source echo export read set . exec watch time type copy move del erase code dir timeout mount env go node patch'.split(
    ' ',
  ),
);
const sentenceWords = new Set(
  (
    'a an the is are was were be been in on at of to for from with without when while and or not no does do did fails ' +
    'failed returns returned should must can could cannot may might will would if then because as by it its this that ' +
    'these those i we you they there about into after before instead only now still again also than too'
  ).split(' '),
);
/** A path, an option, a redirection, a number, a variable. */
const argument = /^[-+/~.$<>&|\d@%*{["'`\\]|^[A-Za-z]:[\\/]|[/\\=]/;

/**
 * True for a command line, false for a sentence about one. A command line begins with a program's name, arguments
 * follow, and no word of a sentence stands among them.
 * @param strict in an argument that is said to hold text: at most one word that is no path and no option
 */
export function isCommand(text: string, strict: boolean): boolean {
  const first = firstLine(text).slice(0, 1024);
  const words = first.split(/[\s;|&]+/).filter((word) => word !== '');
  while (/^[A-Za-z_]\w*=/.test(words[0] ?? '')) {
    words.shift();
  }
  const [name = '', ...rest] = words;
  const program = name
    .replace(/^[$(<>`"'\\]+/, '')
    .replace(/^.*[\\/]/, '')
    .replace(/\.exe$/i, '')
    .toLowerCase();
  const known = programs.has(program);
  if ((!known && !ambiguous.has(program)) || rest.length === 0 || (known && /[:,.!?]$/.test(name))) {
    return false;
  }
  if (ambiguous.has(program) && !argument.test(rest[0] ?? '')) {
    return false;
  }
  // What is quoted is an argument, whatever it says.
  const bare = first
    .replace(/"[^"]*"|'[^']*'/g, ' ')
    .split(/\s+/)
    .slice(1)
    .filter((word) => word !== '' && !argument.test(word));
  if (bare.some((word) => sentenceWords.has(word.toLowerCase()))) {
    return false;
  }
  return strict ? bare.length <= 2 && bare.every((word) => !/[,!?]$/.test(word)) : bare.length <= 6;
}

/** True if a text contains a process or command substitution with a known program: `<(cat …)`, `$(cat …)`. */
export function hasSubstitution(text: string): boolean {
  const found = /[<>$]\(\s*([A-Za-z][\w.-]*)\s/.exec(text)?.[1];
  return found !== undefined && (programs.has(found) || ambiguous.has(found));
}

/** The folders that a command line goes to: `cd x`, `git -C x`. */
export function commandFolders(text: string): readonly string[] {
  const found = text.matchAll(
    /(?:^|[\s;&|(])(?:cd|pushd|-C|--directory|--git-dir|--work-tree)[\s=]\s{0,8}["']?([^\s"';&|]+)/g,
  );
  return [...found].slice(0, mostFolders).flatMap(([, folder]) => folder ?? []);
}

/** Programs for which a slash among their words is a separator, a sign of division or just text. */
const slashIsText = new Set('tr cut sort awk gawk mawk paste column echo printf expr let bc jq'.split(' '));
/** Programs for which one in quotes is what they search for. */
const quotedIsText = new Set('grep egrep fgrep rg ag ack sed perl'.split(' '));

/**
 * True if a command line names the root folder itself, as in `ls /`. Other checks take no single slash for a path.
 */
export function namesRoot(text: string): boolean {
  return text.split(/[;|&\r\n]+/).some((command) => {
    const words = command.split(/[\s()<>]+/).filter((word) => word !== '' && !/^[A-Za-z_]\w*=/.test(word));
    const programs = words.map((word) => word.replace(/^.*\//, ''));
    if (programs.some((program) => slashIsText.has(program))) {
      return false;
    }
    const quoted = !programs.some((program) => quotedIsText.has(program));
    return words.some((word) => root.test(word) || (quoted && quotedRoot.test(word)));
  });
}

const root = /^\/+\*?$/;
const quotedRoot = /^(["'])\/+\1$/;

const mostFolders = 8;
const messageOptions = new Set(['-m', '-am', '--message', '--body', '--title', '-b', '-t', '--notes']);
/** Programs that take a message for people on their command line. */
const withMessage = /(^|[\s;&|(/])(git|gh|glab|hg|svn|jj)\s/;

/** A command line without the messages for people in it: `git commit -m "…"`. */
export function withoutMessages(text: string): string {
  if (!withMessage.test(text)) {
    return text;
  }
  return text.replace(
    /(\s(?:-[a-z]{0,3}m|--message|--body|--title|-b|-t|--notes)(?:\s+|=))("[^"$`]*"|'[^']*')/g,
    (whole, option: string, quoted: string) => (isMessage(quoted.slice(1, -1)) ? option : whole),
  );
}

/**
 * True if the item at `index` is the message of a command such as `["commit", "-m", "…"]`, which is text for people.
 */
export function isMessageAt(items: readonly unknown[], index: number): boolean {
  const before = items[index - 1];
  const item = items[index];
  return (
    typeof before === 'string' &&
    typeof item === 'string' &&
    messageOptions.has(before) &&
    items.some(
      (word) => typeof word === 'string' && /^(commit|tag|pr|issue|merge|notes|release)$/.test(word),
    ) &&
    isMessage(item)
  );
}

/** Words with a path among them; a lone path is none. */
function isMessage(text: string): boolean {
  return isProse(text) || /^[\p{L}][\p{L}\p{N}()_-]*:\s/u.test(text);
}

function firstLine(text: string): string {
  const start = text.trimStart();
  const end = start.search(/[\r\n]/);
  const line = end < 0 ? start : start.slice(0, end);
  return line.startsWith('#!') && end >= 0 ? firstLine(start.slice(end)) : line;
}
