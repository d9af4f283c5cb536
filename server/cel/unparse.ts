import type { Expr } from './ast';
/** Text that parses to the same tree. */
export declare function unparse(expr: Expr): string;
