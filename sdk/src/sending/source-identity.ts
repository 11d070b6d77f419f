/** Who sends: what all carriers of one source have in common. */
export interface SourceIdentity {
  /** `spanledger.source.id`: a random UUID for each start of the SDK. */
  readonly sourceId: string;
  readonly signal: "traces" | "logs";
  /** Attributes of the OTLP resource. */
  readonly resource: Readonly<Record<string, string | number | boolean>>;
  readonly sdkVersion: string;
}
