// Fails if a file exports what no other file uses, or if nothing imports a file. What only tests use counts as unused in
// client/ and server/, unless the test sits beside the code of the same layer. It belongs to test/support then.
// Own code, since knip counts either all tests as users or none, and brings parsers where TypeScript is at hand.
//   node scripts/unused.mjs
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { root } from './bootstrap.mjs';

/** The public APIs of layers and packages: users outside this repository import them. */
const publicModules =
  /^server\/(cel|protocol)\/index\.ts$|^server\/policy\/(index|folder|tokens|decision-points)\.ts$/;
const isProduct = (file) => /^(client|server)\//.test(file) && !isTest(file);
const layerOf = (file) => /^(client|server\/[^/]+)\//.exec(file)?.[0];
const isTest = (file) => /\.test\.ts$|vitest\.config\.m?ts$/.test(file);
/** Where programs are started: a file that these name by its path needs no importer, nor one of test/ that code names. */
const starters = /^(esbuild\.js|packages\/[^/]+\/package\.json|scripts\/.*\.mjs)$/;
/** All exports of a module. */
const everything = '*';

function read(base) {
  const folders = ['client', 'packages', 'scripts', 'server', 'test'].filter((name) =>
    existsSync(path.join(base, name)),
  );
  const names = folders.flatMap((folder) =>
    readdirSync(path.join(base, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|mts|mjs|json)$/.test(entry.name))
      .map((entry) => path.relative(base, path.join(entry.parentPath, entry.name)).split(path.sep).join('/')),
  );
  const all = [...names, 'esbuild.js'].filter((name) => !/^test\/fixtures\/|node_modules/.test(name));
  return new Map(
    all
      .filter((name) => existsSync(path.join(base, name)))
      .map((name) => [name, readFileSync(path.join(base, name), 'utf8')]),
  );
}

/** The names that a statement exports. */
function exportedNames(statement) {
  if (ts.isExportDeclaration(statement)) {
    const clause = statement.exportClause;
    return clause && ts.isNamedExports(clause) ? clause.elements.map(({ name }) => name.text) : [];
  }
  if (!ts.canHaveModifiers(statement)) return [];
  if (!ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (!ts.isVariableStatement(statement)) return statement.name ? [statement.name.text] : [];
  return statement.declarationList.declarations.flatMap(({ name }) =>
    ts.isIdentifier(name) ? [name.text] : name.elements.map((element) => element.name.text),
  );
}

/** The imports of a file, as pairs of a module's specifier and a name that is used of it. */
function importsOf(source) {
  const found = [];
  const named = (elements) => elements.map(({ name, propertyName }) => (propertyName ?? name).text);
  const visit = (node) => {
    const specifier = node.moduleSpecifier?.text;
    if (ts.isImportDeclaration(node)) {
      const bindings = node.importClause?.namedBindings;
      const names =
        bindings && ts.isNamedImports(bindings) ? named(bindings.elements) : bindings ? [everything] : [];
      found.push(...(names.length > 0 ? names : [undefined]).map((name) => [specifier, name]));
    } else if (ts.isExportDeclaration(node) && specifier !== undefined) {
      const clause = node.exportClause;
      const names = clause && ts.isNamedExports(clause) ? named(clause.elements) : [everything];
      found.push(...names.map((name) => [specifier, name]));
    } else if (ts.isImportTypeNode(node)) {
      const qualifier =
        node.qualifier && (ts.isIdentifier(node.qualifier) ? node.qualifier : node.qualifier.left);
      found.push([node.argument.literal.text, qualifier?.text ?? everything]);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      let outer = node.parent;
      while (ts.isAwaitExpression(outer) || ts.isParenthesizedExpression(outer)) outer = outer.parent;
      const name =
        ts.isPropertyAccessExpression(outer) && outer.name.text !== 'then' ? outer.name.text : undefined;
      const pattern =
        ts.isVariableDeclaration(outer) && ts.isObjectBindingPattern(outer.name) ? outer.name : undefined;
      const names = pattern ? named(pattern.elements) : [name ?? everything];
      if (ts.isStringLiteralLike(node.arguments[0])) {
        found.push(...names.map((each) => [node.arguments[0].text, each]));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * Lists the files and exports of a repository that nothing uses.
 * @param base the folder of the repository
 * @returns the files that nothing imports, and the exports that no other file uses, as `file: name`
 */
export function unusedIn(base) {
  const texts = read(base);
  const code = [...texts.keys()].filter((name) => /\.m?ts$/.test(name) && !name.endsWith('.d.mts'));
  const sources = new Map(
    code.map((name) => [name, ts.createSourceFile(name, texts.get(name), ts.ScriptTarget.Latest, true)]),
  );
  const resolve = (from, specifier) => {
    if (!specifier.startsWith('.')) return undefined;
    const target = path.posix.join(path.posix.dirname(from), specifier);
    return [`${target}.ts`, `${target}/index.ts`, target].find((name) => sources.has(name));
  };
  /** File to those that import it; `file: name` to those that use that export. */
  const importers = new Map();
  const users = new Map();
  const note = (map, key, user) => map.set(key, (map.get(key) ?? new Set()).add(user));
  for (const [user, source] of sources) {
    for (const [specifier, name] of importsOf(source)) {
      const file = resolve(user, specifier);
      if (file === undefined) continue;
      note(importers, file, user);
      if (name !== undefined) note(users, `${file}: ${name}`, user);
    }
  }
  const started = new Set(
    [...texts].flatMap(([name, text]) =>
      code.filter(
        (file) =>
          (starters.test(name) || (/\.m?ts$/.test(name) && file.startsWith('test/'))) &&
          ["'", '"', '`'].some((quote) => text.includes(file + quote)),
      ),
    ),
  );
  const needsNoImporter = (file) => isTest(file) || started.has(file) || publicModules.test(file);
  const counts = (file) => (user) =>
    !isProduct(file) || isProduct(user) || (isTest(user) && file.startsWith(layerOf(user)));
  const isUsed = (map, key, file) => [...(map.get(key) ?? [])].some(counts(file));
  const files = code.filter((file) => !needsNoImporter(file) && !isUsed(importers, file, file));
  const exports = [...sources]
    .filter(([file]) => !needsNoImporter(file) && !files.includes(file))
    .flatMap(([file, source]) =>
      source.statements
        .flatMap(exportedNames)
        .filter(
          (name) =>
            !isUsed(users, `${file}: ${name}`, file) && !isUsed(users, `${file}: ${everything}`, file),
        )
        .map((name) => `${file}: ${name}`),
    );
  return { files, exports: [...new Set(exports)], looked: code.length };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { files, exports, looked } = unusedIn(root);
  for (const file of files)
    console.error(`Nothing imports ${file}: remove it, or name it where it is started.`);
  for (const each of exports) {
    console.error(
      `No other file uses ${each}: do not export it, or remove it. What only tests use goes to test/support.`,
    );
  }
  if (files.length + exports.length > 0) {
    console.error(`${files.length} unused files, ${exports.length} unused exports.`);
    process.exit(1);
  }
  console.log(`${looked} modules, no unused file or export.`);
}
