import { int8Array, textArray } from "../wire/binary-array.ts";
import { instantOf } from "./judge-resolutions.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** Sessions of a tenant that changed late. */
export interface LateSessions {
  readonly tenantId: string;
  /** Starts, in ms, of the first and the last of them. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether their start or customer changed, so that they may be returns to earlier days. */
  readonly returns: boolean;
}

/** Makes the kept days void that late sessions belong or return to, in the transaction that changed the sessions. */
export async function voidResolutionDays(client: WriterConnection, late: readonly LateSessions[]): Promise<void> {
  await client.query({
    name: "void-resolution-days",
    text: `
      delete from analytics_resolution_days kept
      using unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[]) as late (tenant_id, from_ms, to_ms, returns)
      where kept.tenant_id = late.tenant_id and kept.from_at <= ${instantOf("late.to_ms")}
        and (kept.to_at > ${instantOf("late.from_ms")}
          or late.returns::boolean and kept.through_at >= ${instantOf("late.from_ms")})`,
    values: [
      textArray(late, ({ tenantId }) => tenantId),
      int8Array(late, ({ fromMs }) => fromMs),
      int8Array(late, ({ toMs }) => toMs),
      textArray(late, ({ returns }) => String(returns)),
    ],
  });
}
