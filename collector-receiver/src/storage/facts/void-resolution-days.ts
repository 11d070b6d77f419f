import { batchOf } from "../wire/batch-columns.ts";
import { batchRows } from "../wire/batch-statement.ts";
import { instantOf } from "../wire/instant-of.ts";
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

const rows = batchRows<LateSessions>({
  tenant_id: batchOf.text((late) => late.tenantId),
  from_ms: batchOf.int8((late) => late.fromMs),
  to_ms: batchOf.int8((late) => late.toMs),
  returns: batchOf.boolean((late) => late.returns),
});

const statement = {
  name: "void-resolution-days",
  text: `
    delete from analytics_resolution_days kept
    using ${rows.unnested} as late (${rows.names})
    where kept.tenant_id = late.tenant_id and kept.from_at <= ${instantOf("late.to_ms")}
      and (kept.to_at > ${instantOf("late.from_ms")}
        or late.returns and kept.through_at >= ${instantOf("late.from_ms")})`,
};

/** Makes the kept days void that late sessions belong or return to, in the transaction that changed the sessions. */
export async function voidResolutionDays(client: WriterConnection, late: readonly LateSessions[]): Promise<void> {
  await client.query({ ...statement, values: rows.parameters(late) });
}
