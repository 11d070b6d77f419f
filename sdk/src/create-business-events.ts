import type { WithRules } from "./business-events-options.ts";
import { OptionReader } from "./config/option-reader.ts";
import { readShape } from "./config/read-shape.ts";
import { showNotice } from "./diagnose.ts";
import type { HttpEventRule } from "./http-rules.ts";
import { copyAttributes } from "./recording/copy-attributes.ts";
import type { RecordOptions } from "./recording/event-recorder.ts";
import type { EventShape } from "./recording/event-shape.ts";
import type { recordBusinessEvent } from "./record-business-event.ts";
import { pipeline } from "./shared-pipeline.ts";
import { businessEventsStatus, flush, startPipeline } from "./start-business-events.ts";

/** A client of its own, beside others of the process, with whom it shares the sender. */
export interface BusinessEventsClient {
  /** As `recordBusinessEvent`, with the tenant, the defaults and the `beforeSend` of this client. */
  readonly record: typeof recordBusinessEvent;
  readonly flush: typeof flush;
  readonly status: typeof businessEventsStatus;
  /** Whether its events are recorded; may be set at any time. */
  enabled: boolean;
}

const clientOptions = new Set(["tenant", "defaults", "beforeSend", "enabled"]);

/**
 * A client with a tenant, defaults, `beforeSend` and `enabled` of its own. All clients of a process share one
 * sender, for which the other options are: as those of `startBusinessEvents`, which this starts if it is not
 * running. Never throws.
 */
export function createBusinessEvents<const R extends readonly HttpEventRule[] = readonly HttpEventRule[]>(
  options?: WithRules<R>,
): BusinessEventsClient {
  const shared = Object.fromEntries(
    Object.entries(copyAttributes(options)).filter(([name]) => !clientOptions.has(name)),
  );
  if (Object.keys(shared).length > 0 || pipeline.status().state !== "running") startPipeline(shared);
  const warn = (message: string): void => showNotice({ level: "warn", key: `client:${message}`, message, loud: true });
  const asked = readShape(new OptionReader(options, warn), true);
  let enabled = true;
  const shape: EventShape = {
    defaults: {},
    beforeSend: null,
    tenant: null,
    isSharable: false,
    ...asked,
    isEnabled: () => enabled && (asked?.isEnabled() ?? true),
  };
  const record = (
    name: string,
    attributes?: Readonly<Record<string, unknown>> | null,
    callOptions?: RecordOptions | null,
  ): void => {
    pipeline.recorder.record(name, attributes, callOptions, shape);
  };
  return {
    record,
    flush,
    status: businessEventsStatus,
    get enabled() {
      return enabled;
    },
    set enabled(value) {
      enabled = value;
    },
  };
}
