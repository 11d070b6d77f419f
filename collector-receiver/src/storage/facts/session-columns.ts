import type { SessionFacts } from "../../metrics/session-facts.ts";
import { sessionMark } from "../../metrics/session-marks.ts";
import { batchOf, keepsGreatest, keepsLeast } from "../wire/batch-columns.ts";
import type { Merge } from "../wire/batch-columns.ts";
import type { BatchColumns } from "../wire/batch-statement.ts";

/** What a batch says of a session, and when the sweeper has to look at it; null: never. */
export interface IncomingSession {
  readonly facts: SessionFacts;
  readonly idleCheckMs: number | null;
}

/** These columns belong to the start with the least (time, event id). */
const keepsOfFirstStart: Merge = (
  stored,
  incoming,
) => `case when excluded.first_start_at is not null and (stored.first_start_at is null
        or (excluded.first_start_at, excluded.first_start_event_id) < (stored.first_start_at, stored.first_start_event_id))
      then ${incoming} else ${stored} end`;

/** These columns belong to the takeover with the least (time, event id); facts of older rules have no event id. */
const keepsOfFirstTakeover: Merge = (
  stored,
  incoming,
) => `case when excluded.taken_over_at is not null and (stored.taken_over_at is null
        or excluded.taken_over_at < stored.taken_over_at
        or excluded.taken_over_at = stored.taken_over_at and (stored.first_takeover_event_id is null
          or excluded.first_takeover_event_id < stored.first_takeover_event_id))
      then ${incoming} else ${stored} end`;

/** These columns belong to the release with the least (time, event id). */
const keepsOfFirstRelease: Merge = (
  stored,
  incoming,
) => `case when excluded.released_at is not null and (stored.released_at is null
        or (excluded.released_at, excluded.first_release_event_id) < (stored.released_at, stored.first_release_event_id))
      then ${incoming} else ${stored} end`;

/** The customer that was named with the greatest (time, text); facts of older rules have no time. */
const keepsOfLastCustomer: Merge = (
  stored,
  incoming,
) => `case when excluded.user_id is not null and (stored.user_id_at is null
        or excluded.user_id_at > stored.user_id_at
        or excluded.user_id_at = stored.user_id_at and excluded.user_id > stored.user_id)
      then ${incoming} else ${stored} end`;

/** SQL of a mark if the stored and the incoming event are two; false as well if one of them is not there. */
const ifTwo = (mark: number, at: string, eventId: string): string =>
  `case when (stored.${at}, stored.${eventId}) <> (excluded.${at}, excluded.${eventId}) then ${mark} else 0 end`;

const keepsAll: Merge = (stored, incoming) => `${stored} | ${incoming}
      | ${ifTwo(sessionMark.takenOverAgain, "taken_over_at", "first_takeover_event_id")}
      | ${ifTwo(sessionMark.releasedAgain, "released_at", "first_release_event_id")}`;

/** The facts of `analytics_sessions`, each with its merge. Writing, merging and `verify` derive from this list. */
export const sessionColumns = {
  first_start_at: batchOf.time(({ facts }) => facts.firstStartMs, keepsLeast),
  first_start_event_id: batchOf.uuid(({ facts }) => facts.firstStartEventId, keepsOfFirstStart),
  channel: batchOf.text(({ facts }) => facts.channel, keepsOfFirstStart),
  segments: batchOf.text(({ facts }) => facts.segments, keepsOfFirstStart),
  last_start_at: batchOf.time(({ facts }) => facts.lastStartMs, keepsGreatest),
  first_seen_at: batchOf.time(({ facts }) => facts.firstSeenMs, keepsLeast),
  last_activity_at: batchOf.time(({ facts }) => facts.lastActivityMs, keepsGreatest),
  first_end_at: batchOf.time(({ facts }) => facts.firstEndMs, keepsLeast),
  escalated_at: batchOf.time(({ facts }) => facts.escalatedMs, keepsLeast),
  taken_over_at: batchOf.time(({ facts }) => facts.takenOverMs, keepsLeast),
  first_takeover_event_id: batchOf.uuid(({ facts }) => facts.firstTakeoverEventId, keepsOfFirstTakeover),
  first_takeover_agent_id: batchOf.int4(({ facts }) => facts.firstTakeoverAgentId, keepsOfFirstTakeover),
  first_wait_ms: batchOf.int8(({ facts }) => facts.firstWaitMs, keepsOfFirstTakeover),
  released_at: batchOf.time(({ facts }) => facts.releasedMs, keepsLeast),
  first_release_event_id: batchOf.uuid(({ facts }) => facts.firstReleaseEventId, keepsOfFirstRelease),
  handle_ms: batchOf.int8(({ facts }) => facts.handleMs, keepsOfFirstRelease),
  first_answer_at: batchOf.time(({ facts }) => facts.firstAnswerMs, keepsLeast),
  marks: batchOf.int8(({ facts }) => facts.marks, keepsAll),
  end_outcome: batchOf.int8(({ facts }) => facts.endOutcome, keepsGreatest),
  rating: batchOf.int8(({ facts }) => facts.rating, keepsGreatest),
  user_id: batchOf.text(({ facts }) => facts.userId, keepsOfLastCustomer),
  user_id_at: batchOf.time(({ facts }) => facts.userIdAtMs, keepsOfLastCustomer),
} satisfies BatchColumns<IncomingSession>;
