import { reservedAttributes } from "@spanledger/sdk/event-catalogue";
import { millisecondsOf } from "../bytes/nanoseconds.ts";
import type { OtlpCarrier } from "../otlp/otlp-carrier.ts";
import { AttributeListener } from "./attribute-listener.ts";
import type { SourceReport } from "./business-event.ts";

/** Name of the carrier without an event, as span name or as the log record's EventName. */
export const sourceReportSpan = "spanledger.source.report";

/** Reads what a source says of itself. */
export class SourceReportReader extends AttributeListener {
  sourceId: string | null = null;
  lastSeq = 0;
  dropped = 0;
  #current = "";

  /** What was read, with where it stands; `sourceId` is not null. */
  reportOf(tenantId: string, serviceName: string | null, { timeHigh, timeLow }: OtlpCarrier): SourceReport {
    const { sourceId, lastSeq, dropped } = this;
    const reportedAtMs = millisecondsOf(timeHigh, timeLow);
    return { tenantId, sourceId: sourceId ?? "", serviceName, lastSeq, dropped, reportedAtMs };
  }

  begin(): void {
    this.sourceId = null;
    this.lastSeq = 0;
    this.dropped = 0;
  }

  override key(bytes: Buffer, start: number, end: number): void {
    this.#current = end - start > 64 ? "" : bytes.toString("latin1", start, end);
  }

  override string(bytes: Buffer, start: number, end: number): void {
    if (this.#current !== reservedAttributes.sourceId) return;
    const text = bytes.toString("latin1", start, Math.min(end, start + 65));
    this.sourceId = /^[\x20-\x7e]{1,64}$/.test(text) ? text : null;
  }

  override int(value: number): void {
    const count = Number.isSafeInteger(value) && value > 0 ? value : 0;
    if (this.#current === reservedAttributes.sourceLastSeq) this.lastSeq = count;
    else if (this.#current === reservedAttributes.sourceDropped) this.dropped = count;
  }

  override double(value: number): void {
    this.int(value);
  }

  override again(): void {
    if (this.#current === reservedAttributes.sourceId) this.sourceId = null;
    else this.int(0);
  }
}
