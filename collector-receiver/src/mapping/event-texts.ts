import { idState, parentSpanIdAt, spanIdAt, traceIdAt, type OtlpCarrier } from "../otlp/otlp-carrier.ts";
import type { BusinessEvent } from "./business-event.ts";
import type { EventReading } from "./event-reading.ts";
import { RequestIds } from "./request-ids.ts";
import type { RequestTexts } from "./request-texts.ts";

/** An event whose ids are filled in when all of its request is read. */
export type UnfinishedEvent = { -readonly [K in keyof BusinessEvent]: BusinessEvent[K] };

/** Positions that are kept of each event: event id, session id and its end, trace id, span id. */
const positions = 5;

/** Where the texts of each event of a request stand among its gathered ones; -1 where there is none. */
export class EventTexts {
  private readonly ids = new RequestIds();
  private at: number[] = [];
  private isRead = false;
  private traceIdAt = -1;
  private ownSpanIdAt = -1;
  private parentSpanIdAt = -1;

  begin(): void {
    this.ids.begin();
    this.at = [];
    this.isRead = false;
  }

  /** Another span or log record begins. */
  nextCarrier(): void {
    this.isRead = false;
  }

  /** @param ofParent whether the event occurred in the parent span, if there is one */
  add(reading: EventReading, carrier: OtlpCarrier, ofParent: boolean): void {
    if (!this.isRead) this.readCarrier(carrier);
    const spanAt = ofParent && this.parentSpanIdAt >= 0 ? this.parentSpanIdAt : this.readOwnSpanId(carrier);
    this.at.push(reading.eventIdAt, reading.sessionIdAt, reading.sessionIdEnd, this.traceIdAt, spanAt);
  }

  private readCarrier({ idsView, traceIdState, parentSpanIdState }: OtlpCarrier): void {
    this.isRead = true;
    this.traceIdAt = traceIdState === idState.valid ? this.ids.add(idsView, traceIdAt, 16) : -1;
    this.ownSpanIdAt = -1;
    this.parentSpanIdAt = parentSpanIdState === idState.valid ? this.ids.add(idsView, parentSpanIdAt, 8) : -1;
  }

  private readOwnSpanId({ idsView, spanIdState }: OtlpCarrier): number {
    if (this.ownSpanIdAt < 0 && spanIdState === idState.valid) this.ownSpanIdAt = this.ids.add(idsView, spanIdAt, 8);
    return this.ownSpanIdAt;
  }

  /** Gives each event its texts. */
  finish(events: readonly UnfinishedEvent[], texts: RequestTexts): void {
    const text = texts.finish();
    const ids = this.ids.finish();
    const { at } = this;
    for (let i = 0, first = 0; i < events.length; i++, first += positions) {
      const event = events[i]!;
      const eventIdAt = at[first]!;
      const sessionIdAt = at[first + 1]!;
      const traceAt = at[first + 3]!;
      const spanAt = at[first + 4]!;
      if (eventIdAt >= 0) event.eventId = text.substring(eventIdAt, eventIdAt + 36);
      if (sessionIdAt >= 0) event.sessionId = text.substring(sessionIdAt, at[first + 2]);
      if (traceAt >= 0) event.traceId = ids.substring(traceAt, traceAt + 32);
      if (spanAt >= 0) event.spanId = ids.substring(spanAt, spanAt + 16);
    }
  }
}
