import { mapRequest } from "../../collector-receiver/src/mapping/map-request.ts";
import { defaultMappingLimits } from "../../collector-receiver/src/mapping/mapping-context.ts";
import { countedAttributes } from "../../collector-receiver/src/metrics/event-counters.ts";
import type { BusinessEvent } from "../../collector-receiver/src/mapping/business-event.ts";
import type { Load } from "./make-load.ts";

/** The rows that the receiver makes of a load: what the references write. */
export function rowsOfLoad({ spec, bodies }: Load): BusinessEvent[] {
  return bodies.flatMap(
    (body) =>
      mapRequest(body, spec.encoding, "traces", {
        tenant: { kind: "fixed", tenantId: "default" },
        nowMs: Date.now(),
        retainedFromMs: () => null,
        countedAttributes,
        limits: defaultMappingLimits,
      }).events,
  );
}
