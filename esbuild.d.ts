import type { BuildOptions } from 'esbuild';

/** How every bundle is made. */
export const bundling: BuildOptions;

/** The bundles by name, each with its first module. */
export const entryPoints: Readonly<
  Record<'extension' | 'language-server' | 'guard' | 'cli' | 'engine', string>
>;
