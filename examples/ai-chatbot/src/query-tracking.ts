import { recordBusinessEvent } from "@spanledger/sdk";
import { trackParcel, type ParcelStatus } from "./domain/parcel-tracking.ts";
import { think, type ThinkingPace } from "./domain/thinking-pace.ts";

/** Asks the carrier for a parcel and records `query.tracking`; failed if it is not found. */
export async function queryTracking(trackingNumber: string, pace: ThinkingPace): Promise<ParcelStatus> {
  const startedAt = performance.now();
  await think(pace, 240);
  const parcel = trackParcel(trackingNumber);
  recordBusinessEvent("query.tracking", {
    tracking_number: trackingNumber,
    carrier: parcel.carrier,
    success: parcel.found,
    status: parcel.status,
    response_time_ms: Math.round(performance.now() - startedAt),
  });
  return parcel;
}
