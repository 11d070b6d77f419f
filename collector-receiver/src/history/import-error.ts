/** An import that cannot be done as it was asked for; the message says what to change. */
export class ImportError extends Error {
  override readonly name = "ImportError";
  readonly code: "source_unreadable" | "zone_needed" | "until_needed" | "cannot_resume";
  constructor(code: ImportError["code"], message: string) {
    super(message);
    this.code = code;
  }
}
