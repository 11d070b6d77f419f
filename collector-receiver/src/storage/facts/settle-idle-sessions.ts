import { instantAfter, instantOf } from "../wire/instant-of.ts";
import type { ContributingFacts } from "../../metrics/session-contribution.ts";
import { contributingFacts } from "./contributing-rows.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/**
 * The watermark of a slice: `nowMs`, or the earlier time up to which about `limit` sessions are due.
 */
export async function findDueWatermark(
  client: WriterConnection,
  tenantId: string,
  nowMs: number,
  limit: number,
): Promise<number> {
  const { rows } = await client.query<{ idle_check_at: number }>({
    name: "find-due-watermark",
    text: `
      select idle_check_at from analytics_sessions
      where tenant_id = $1 and idle_check_at <= ${instantOf("$2")}
      order by idle_check_at offset $3 limit 1`,
    values: [tenantId, nowMs, limit - 1],
  });
  return rows[0]?.idle_check_at ?? nowMs;
}

/**
 * Takes the sessions that are due up to a watermark, advances the watermark, and sets when each session
 * has to be looked at again: if it was active in between, else never.
 * @returns their facts
 */
export async function settleDueSessions(
  client: WriterConnection,
  tenantId: string,
  watermarkMs: number,
  idleTimeoutMs: number,
): Promise<ContributingFacts[]> {
  const [{ rows }] = await Promise.all([
    client.query<ContributingFacts>({
      name: "settle-due-sessions",
      text: `
        update analytics_sessions set idle_check_at = nullif(greatest(${instantAfter("last_activity_at", "$3")}, ${instantOf("$2")}), ${instantOf("$2")})
        where tenant_id = $1 and idle_check_at <= ${instantOf("$2")}
        returning ${contributingFacts}`,
      values: [tenantId, watermarkMs, idleTimeoutMs],
    }),
    client.query({
      name: "advance-idle-through",
      text: `
        update analytics_settings set idle_through = ${instantOf("$2")}
        where tenant_id = $1`,
      values: [tenantId, watermarkMs],
    }),
  ]);
  return rows;
}
