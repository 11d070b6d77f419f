import { readFile } from "node:fs/promises";
import { checkShape } from "../catalogue/check-shape.ts";
import { DefinitionsError } from "../catalogue/definitions-error.ts";
import { ProblemList } from "../catalogue/problem-list.ts";
import { findFormatProblem } from "./read-time.ts";
import { mappedEventShape, mappingShape, type EventSpec, type Mapping, type TimeSpec } from "./mapping-schemas.ts";

/** The plan's own `analytics_events` (its step 1): each row is one event, with its attributes in `event_data`. */
export const planMapping: Mapping = {
  source: "analytics_events",
  table: "analytics_events",
  key: "id",
  time: "created_at",
  events: [
    {
      event: { column: "event_name" },
      spread: "event_data",
      attributes: { session_id: "session_id", agent_id: "agent_id", ticket_id: "ticket_id" },
    },
  ],
};

const subject = "The mapping has";

/**
 * Reads a mapping file.
 * @throws DefinitionsError with every problem at once
 */
export async function readMapping(file: string): Promise<Mapping> {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file)));
  } catch (error) {
    const problem = `cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`;
    throw new DefinitionsError(
      file,
      [{ path: [], line: undefined, problem, remedy: "Write one JSON object in UTF-8" }],
      subject,
    );
  }
  const list = new ProblemList();
  const mapping = checkMapping(content, list);
  if (list.problems.length === 0) return mapping;
  throw new DefinitionsError(
    file,
    list.problems.map((problem) => ({ ...problem, line: undefined })),
    subject,
  );
}

function checkMapping(content: unknown, list: ProblemList): Mapping {
  const shape = checkShape(mappingShape, content, [], list);
  const given: readonly unknown[] = shape?.events ?? [];
  const events = given.map((event, i) => checkShape(mappedEventShape, event, ["events", String(i)], list) as EventSpec);
  checkTime(shape?.time, ["time"], list);
  for (const [i, { time, event, as }] of events.entries()) {
    const path = ["events", String(i)];
    checkTime(time, [...path, "time"], list);
    if (time === undefined && shape?.time === undefined) {
      list.add(path, "has no time", 'Write "time" for it, or for all events beside "events"');
    }
    if (events.findIndex((other) => other.as === as) < i) {
      list.add(
        path,
        as === undefined ? 'is another event of the same row without "as"' : `has the "as" of another event, ${as}`,
        'Give each event of a row an "as" of its own, such as "closed": it becomes part of the id',
      );
    }
    if (typeof event !== "string") {
      for (const [word, name] of Object.entries(event.values ?? {})) {
        if (name !== null && typeof name !== "string")
          list.add([...path, "event", "values", word], "is not a text", "Write the name of an event, or null to skip");
      }
    }
  }
  checkEncoding(shape?.encoding, list);
  return { ...(shape as Mapping), events };
}

function checkTime(time: TimeSpec | undefined, path: readonly string[], list: ProblemList): void {
  if (time === undefined || typeof time === "string") return;
  const problem = time.format === undefined ? undefined : findFormatProblem(time.format);
  if (problem !== undefined) {
    const remedy =
      "Write YYYY, MM or M, DD or D, HH or H (or hh, h and A), mm, ss, SSS, Z; or unix_s, unix_ms, unix_us";
    list.add([...path, "format"], problem, remedy);
  }
  if (time.zone !== undefined && !isTimezone(time.zone)) {
    list.add([...path, "zone"], `is "${time.zone}", which is not a known timezone`, "Write one such as Asia/Shanghai");
  }
}

function checkEncoding(encoding: string | undefined, list: ProblemList): void {
  if (encoding === undefined) return;
  try {
    new TextDecoder(encoding);
  } catch {
    list.add(["encoding"], `is "${encoding}", which is not a known encoding`, "Write one such as utf-8 or gb18030");
  }
}

/** True if Node knows the timezone. */
export function isTimezone(name: string): boolean {
  try {
    Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
