import { maxEventNameLength, reservedAttributes } from "@spanledger/sdk/event-catalogue";
import { idState, type FieldFault, type OtlpCarrier, type OtlpSignal } from "../otlp/otlp-carrier.ts";
import type { EventName } from "./compile-catalogue.ts";
import type { MappingPlan } from "./event-plan.ts";
import type { EventProblem } from "./describe-event-problem.ts";
import { describeJson, describeText } from "./describe-value.ts";
import { textState } from "./event-data-arena.ts";
import type { EventReading } from "./event-reading.ts";

export const year2000Ms = Date.UTC(2000, 0, 1);

/** A span has a trace id and a span id; a log record may stand outside of any trace. */
export function findSpanProblem(carrier: OtlpCarrier): EventProblem | null {
  if (carrier.traceIdState === idState.valid && carrier.spanIdState === idState.valid) return null;
  const isTrace = carrier.traceIdState !== idState.valid;
  const state = isTrace ? carrier.traceIdState : carrier.spanIdState;
  return {
    code: "invalid_trace_context",
    text: `The span's ${isTrace ? "trace id" : "span id"} is ${idFaults[state]}`,
  };
}

const idFaults = ["missing", "valid", "all zero", "of the wrong length", "not a text"] as const;

/** A field of the event (in JSON) with a value that OTLP does not allow. */
export function findFieldProblem({ body }: OtlpCarrier, fault: FieldFault, signal: OtlpSignal): EventProblem {
  const value = describeJson(body, fault.start, fault.end);
  switch (fault.field) {
    case "time":
      return { code: "invalid_time", text: `The event's time is ${value}, not nanoseconds since 1970` };
    case "name":
      return {
        code: "malformed_value",
        text: `\`${signal === "logs" ? "eventName" : "name"}\` is ${value}, a text is expected`,
      };
    case "attributes":
      return { code: "malformed_value", text: `\`attributes\` is ${value}, an array is expected` };
  }
}

/** An event that is further ahead waits until its time has come. */
export const maxAheadMs = 3_600_000;
/** One that is further ahead has no time that can be. */
export const farAheadMs = 366 * 86_400_000;

/** What a time may be, milliseconds since 1970. */
export interface TimeBounds {
  /** Start of what is kept of the tenant; -Infinity: everything. */
  readonly retainedFromMs: number;
  /** What occurs later can be no event, not even one whose time has yet to come. */
  readonly latestMs: number;
}

export function findTimeProblem(carrier: OtlpCarrier, occurredAtMs: number, bounds: TimeBounds): EventProblem | null {
  if (carrier.timeHigh === 0 && carrier.timeLow === 0) {
    return { code: "missing_time", text: "The event has no time" };
  }
  const { retainedFromMs, latestMs } = bounds;
  if (occurredAtMs >= year2000Ms && occurredAtMs >= retainedFromMs && occurredAtMs <= latestMs) return null;
  const time = new Date(occurredAtMs).toISOString();
  if (occurredAtMs > latestMs) {
    return { code: "in_the_future", text: `The event's time is ${time}, more than a year ahead` };
  }
  if (occurredAtMs < year2000Ms) return { code: "time_before_2000", text: `The event's time is ${time}` };
  return {
    code: "too_old",
    text: `The event's time is ${time}, kept is what occurred from ${new Date(retainedFromMs).toISOString()} on`,
  };
}

export function findNameProblem(name: EventName): EventProblem | null {
  if (name.plan !== null) return null;
  if (name.text === "") return { code: "missing_name", text: "The event has no name" };
  const described = describeText(name.text);
  if (name.state === textState.nul) {
    return { code: "nul_character", text: `The event's name contains U+0000: ${described}` };
  }
  if (name.state === textState.invalid) {
    return { code: "invalid_unicode", text: `The event's name is not valid UTF-8: ${described}` };
  }
  if (!name.tooLong) return null;
  return {
    code: "name_too_long",
    text: `The event's name is ${described}, at most ${maxEventNameLength} characters are allowed`,
  };
}

export function findMarkProblem(reading: EventReading): EventProblem {
  return { code: "invalid_event_id", text: `\`${reservedAttributes.eventId}\` is ${reading.invalidMark}` };
}

export function findMissing(reading: EventReading, plan: MappingPlan): EventProblem {
  const missing = plan.required.find((rule) => (reading.satisfied & rule.requiredBit) === 0)!;
  const how = (reading.touched & missing.requiredBit) === 0 ? "absent" : "empty";
  return { code: "missing_attribute", text: `\`${missing.name}\` is ${how}` };
}
