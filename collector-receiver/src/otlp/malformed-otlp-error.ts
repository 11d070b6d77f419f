/** The bytes are not the OTLP message that they claim to be: permanent, answered with 400. */
export class MalformedOtlpError extends Error {
  override readonly name = "MalformedOtlpError";
  readonly code = "malformed_otlp";
  /** Where in the (inflated) body, in bytes from its start. */
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(`${message} (byte ${offset})`);
    this.offset = offset;
  }
}
