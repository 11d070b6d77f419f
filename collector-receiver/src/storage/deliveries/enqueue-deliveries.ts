import { makeUuidV5, uuidText } from "../../bytes/uuid.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** Namespace of deliveries' ids (RFC 9562, version 5); a constant of this project. */
const namespace = Buffer.from("8f6d1c1e5b0a4c7e9a3346c2f2f1d7a4", "hex");

/** One message for several targets. */
export interface NewDeliveries {
  readonly tenantId: string;
  readonly kind: "alert" | "report" | "sample";
  /** Names the alert or schedule among those of the tenant and kind. */
  readonly rule: string;
  /** What of the rule this is about: `2025-12-25 firing`, `2025-W52`. The same rule and period are sent once. */
  readonly period: string;
  /** Names of targets. */
  readonly targets: readonly string[];
  /** A `Message` without its key, which is the delivery's id. */
  readonly message: object;
  /** When it was decided, ms since 1970; PostgreSQL's present unless given. */
  readonly nowMs?: number;
}

/**
 * The id of a delivery, which is also the idempotency key of its message: a UUIDv5, so that whoever decides on the same
 * message again writes the same row.
 */
export function deliveryIdOf(
  { tenantId, kind, rule, period }: Pick<NewDeliveries, "tenantId" | "kind" | "rule" | "period">,
  target: string,
): string {
  const name = Buffer.from(JSON.stringify([tenantId, kind, rule, period, target]), "utf8");
  return uuidText(makeUuidV5(Buffer.concat([namespace, name])), 0);
}

/**
 * Writes messages to the outbox, in the open transaction; upkeep sends them after it has committed. One that stands there
 * already, sent or not, stays as it is.
 * @returns how many were new
 */
export async function enqueueDeliveries(
  client: WriterConnection,
  { tenantId, kind, rule, period, targets, message, nowMs }: NewDeliveries,
): Promise<number> {
  const named = [...new Set(targets)];
  const ids = named.map((target) => deliveryIdOf({ tenantId, kind, rule, period }, target));
  const { rowCount } = await client.query({
    text: `
      insert into analytics_deliveries (tenant_id, delivery_id, kind, rule, period, target, message, created_at, next_attempt_at)
      select $1, delivery_id, $2, $3, $4, target, message::jsonb, coalesce($8::timestamptz, now()), coalesce($8::timestamptz, now())
      from unnest($5::uuid[], $6::text[], $7::text[]) as delivery (delivery_id, target, message)
      on conflict (tenant_id, delivery_id) do nothing`,
    values: [
      tenantId,
      kind,
      rule,
      period,
      ids,
      named,
      ids.map((key) => JSON.stringify({ ...message, key })),
      nowMs === undefined ? null : new Date(nowMs),
    ],
  });
  return rowCount ?? 0;
}
