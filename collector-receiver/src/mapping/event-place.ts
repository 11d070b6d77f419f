import { idState, parentSpanIdAt, spanIdAt, traceIdAt, type OtlpCarrier } from "../otlp/otlp-carrier.ts";
import type { TracePlace } from "./event-row-arena.ts";

/** Where in its trace an event occurred; reused for every event. */
export class EventPlace implements TracePlace {
  idsView = new DataView(new ArrayBuffer(0));
  traceIdAt = -1;
  spanIdAt = -1;

  /** @param ofParent the carrier stands for nothing itself: its parent, if it has one, is where the event occurred */
  read(carrier: OtlpCarrier, ofParent: boolean): void {
    this.idsView = carrier.idsView;
    this.traceIdAt = carrier.traceIdState === idState.valid ? traceIdAt : -1;
    this.spanIdAt = carrier.spanIdState === idState.valid ? spanIdAt : -1;
    if (ofParent && carrier.parentSpanIdState === idState.valid) this.spanIdAt = parentSpanIdAt;
  }
}
