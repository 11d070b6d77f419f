/** Why a read was refused; the caller is shown `{error: {code, message, …}}`. */
export type RequestErrorCode =
  | "invalid_parameter"
  | "unknown_parameter"
  | "mixed_parameters"
  | "unknown_metric"
  | "not_filtered"
  | "too_many_points"
  | "session_not_found"
  | "agent_not_found"
  | "ticket_not_found"
  | "share_not_found"
  | "file_not_found"
  | "picture_not_found"
  | "too_many_streams"
  | "reading_interrupted";

export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly code: RequestErrorCode;
  readonly statusCode: number;
  /** The query or path parameter that is wrong, if it is one. */
  readonly parameter: string | null;
  constructor(code: RequestErrorCode, message: string, parameter: string | null = null, statusCode = 400) {
    super(message);
    this.code = code;
    this.parameter = parameter;
    this.statusCode = statusCode;
  }
}
