// Fails if modules of client/ and server/ import each other in a circle, types included.
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

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const graph = importGraph(['client', 'server'].flatMap((name) => modulesIn(path.join(root, name))));
  const cycles = cyclesOf(graph);
  for (const cycle of cycles) {
    console.error(`A circle of imports: ${cycle.map((file) => path.relative(root, file)).join(' → ')}`);
  }
  if (cycles.length > 0) process.exit(1);
  console.log(`${graph.size} modules, no circle.`);
}
