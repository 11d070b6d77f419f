/** Why the embedded PostgreSQL cannot be used; the message says what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = "EmbeddedPostgresError";
  readonly code: "data_folder_unusable" | "start_failed" | "already_running" | "wrong_owner" | "wrong_version";
  constructor(code: EmbeddedPostgresError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
