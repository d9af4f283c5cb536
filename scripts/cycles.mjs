// Fails if modules of client/ and server/ import each other in a circle, types included, or if folders beside each other
// do. Tests count for the first, not for the second.
//   node scripts/cycles.mjs
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { root } from './bootstrap.mjs';

/** Every module of a folder, as absolute paths. */
function modulesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function resolve(from, specifier) {
  const base = path.resolve(path.dirname(from), specifier);
  return [`${base}.ts`, path.join(base, 'index.ts'), base].find(
    (file) => file.endsWith('.ts') && existsSync(file),
  );
}

/** Module to the modules that it imports by a relative path. */
export function importGraph(files) {
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
      const relative = importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith('.'));
      return [file, relative.map((name) => resolve(file, name)).filter((target) => target !== undefined)];
    }),
  );
}

/** The circles of a graph, each as the path that leads back to its start; one for each way into a circle. */
export function cyclesOf(graph) {
  const cycles = [];
  const done = new Set();
  const trail = [];
  const visit = (file) => {
    const at = trail.indexOf(file);
    if (at >= 0) {
      cycles.push([...trail.slice(at), file]);
      return;
    }
    if (done.has(file)) return;
    trail.push(file);
    for (const target of graph.get(file) ?? []) visit(target);
    trail.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return cycles;
}

/**
 * The imports between folders that stand beside each other: for each parent folder, a graph of its subfolders' names.
 * @param graph modules and what they import, as absolute paths
 */
export function folderGraphs(graph) {
  const graphs = new Map();
  for (const [file, targets] of graph) {
    if (/\.test\.ts$/.test(file)) continue;
    for (const target of targets) {
      const from = file.split(path.sep);
      const to = target.split(path.sep);
      const shared = from.findIndex((part, index) => part !== to[index]);
      // Both must be inside a folder there: a module beside a folder belongs to neither.
      if (shared < 0 || shared >= from.length - 1 || shared >= to.length - 1) continue;
      const parent = from.slice(0, shared).join(path.sep);
      if (!graphs.has(parent)) graphs.set(parent, new Map());
      const folders = graphs.get(parent);
      if (!folders.has(from[shared])) folders.set(from[shared], new Set());
      folders.get(from[shared]).add(to[shared]);
    }
  }
  return graphs;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const graph = importGraph(['client', 'server'].flatMap((name) => modulesIn(path.join(root, name))));
  const cycles = cyclesOf(graph);
  for (const cycle of cycles) {
    console.error(`A circle of imports: ${cycle.map((file) => path.relative(root, file)).join(' → ')}`);
  }
  let circles = cycles.length;
  for (const [parent, folders] of folderGraphs(graph)) {
    for (const cycle of cyclesOf(folders)) {
      circles++;
      console.error(`A circle of folders in ${path.relative(root, parent)}: ${cycle.join(' → ')}`);
    }
  }
  if (circles > 0) process.exit(1);
  console.log(`${graph.size} modules, no circle of modules or folders.`);
}
