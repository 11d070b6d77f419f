import { mapRequest } from "../../collector-receiver/src/mapping/map-request.ts";
import {
  defaultCountedAttributes,
  defaultMappingLimits,
} from "../../collector-receiver/src/mapping/mapping-context.ts";
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
        countedAttributes: defaultCountedAttributes,
        limits: defaultMappingLimits,
      }).events,
  );
}
