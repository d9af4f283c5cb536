// dist/engine.js: all that takes long to load. dist/cli.js and dist/guard.js are small, and load it when they need it.
export { runGuard } from '../guard/run';
export { commands } from './commands';
