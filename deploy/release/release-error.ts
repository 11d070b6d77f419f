/** The release cannot go on; the message says why and what to do. Nothing was changed. */
export class ReleaseError extends Error {
  override readonly name = "ReleaseError";
}
