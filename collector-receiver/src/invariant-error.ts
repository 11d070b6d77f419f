/** Something that cannot be, is: a bug of ours. Never an event's fault, and never the database's absence. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}
