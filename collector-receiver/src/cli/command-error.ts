/** A command that cannot run as it was given; the message says what to change. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly code:
    | "invalid_arguments"
    | "tenant_needed"
    | "unknown_tenant"
    | "no_targets"
    | "unknown_target"
    | "no_database"
    | "folder_not_writable";
  constructor(code: CommandError["code"], message: string) {
    super(message);
    this.code = code;
  }
}
