/** A text of a server's that is not what a human accepted. */
export interface TextChange {
  /** Where it is: `description`, `inputSchema.properties.path.description`. */
  readonly place: string;
  /** As accepted; missing if there was none. */
  readonly before?: string;
  /** As the server says it now; missing if it says none. */
  readonly after?: string;
}
