/** What one variable adds to its JSON Schema: how it is documented and what to do when it is wrong. */
export interface VariableNotes {
  readonly description: string;
  /** The value if the variable is not set; only given if it is not a plain default. */
  readonly whenUnset?: string;
  /** Completes "Set it to …". */
  readonly expected: string;
  /** Never printed, not even when it is wrong. */
  readonly secret?: boolean;
}

/** Keeps the literal type of a schema's options and checks that the notes are complete. */
export function variable<Options extends VariableNotes>(options: Options): Options {
  return options;
}
