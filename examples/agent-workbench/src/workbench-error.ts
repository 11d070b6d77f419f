/** An answer other than 2xx: status, code, and what to do. */
export class WorkbenchError extends Error {
  override readonly name = "WorkbenchError";
  readonly statusCode: number;
  readonly code: string;
  constructor(statusCode: number, code: string, message: string) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
  }
}
