/** What was wrong with a call. */
export type BusinessEventErrorCode =
  | "invalid_name"
  | "name_too_long"
  | "invalid_attributes"
  | "missing_attribute"
  | "wrong_type"
  | "out_of_range"
  | "too_long"
  | "reserved_attribute"
  | "refused_value"
  | "value_cut"
  | "event_too_large"
  | "invalid_option";

/**
 * Wrong use of `recordBusinessEvent`: thrown under `NODE_ENV=test` (option `strict`), otherwise
 * reported once for each event, attribute and code through OpenTelemetry's `diag`.
 */
export class BusinessEventError extends Error {
  override readonly name = "BusinessEventError";
  readonly code: BusinessEventErrorCode;
  readonly eventName: string;
  /** The attribute or option that is wrong; null if it is the event itself. */
  readonly attribute: string | null;
  constructor(code: BusinessEventErrorCode, eventName: string, attribute: string | null, message: string) {
    super(message);
    this.code = code;
    this.eventName = eventName;
    this.attribute = attribute;
  }
}
