/** Lists what nothing uses in the repository in a folder: files, exports as `file: name`, and the number of modules. */
export function unusedIn(base: string): {
  readonly files: readonly string[];
  readonly exports: readonly string[];
  readonly looked: number;
};
