import type { Narrate } from "./history-event.ts";
import type { SeededRandom } from "./seeded-random.ts";

const sites = ["uk", "de", "fr", "es", "it", "us"] as const;
const carriers = [
  ["yanwen", "YT"],
  ["ups", "1Z"],
  ["dhl", "JD"],
  ["cainiao", "LP"],
] as const;
const trackingStatuses = [
  ["in_transit", 52],
  ["delivered", 27],
  ["out_for_delivery", 12],
  ["info_received", 7],
  ["exception", 2],
] as const;

/** Every second answer or so looks something up. Gives whether that failed. */
export function narrateQuery(
  about: { session_id: string; user_id: string },
  now: number,
  failureFactor: number,
  random: SeededRandom,
  narrate: Narrate,
): boolean {
  const kind = random.weighted([
    ["none", 62],
    ["order", 18],
    ["tracking", 20],
  ] as const);
  if (kind === "none") return false;
  if (kind === "order") {
    const success = !random.chance(0.018 * failureFactor);
    narrate("query.order", now, {
      ...about,
      order_number: `FD${random.integer(10_000, 89_999)}`,
      site: random.pick(sites),
      success,
      response_time_ms: Math.round(random.logNormal(success ? 210 : 900, 0.5)),
    });
    return !success;
  }
  const success = !random.chance(0.032 * failureFactor);
  const [carrier, prefix] = random.pick(carriers);
  narrate("query.tracking", now, {
    ...about,
    tracking_number: `${prefix}${random.integer(1_000_000_000, 9_999_999_999)}`,
    carrier,
    success,
    status: success ? random.weighted(trackingStatuses) : "not_found",
    response_time_ms: Math.round(random.logNormal(success ? 320 : 1_400, 0.5)),
  });
  return !success;
}
