import { batchOf } from "../wire/batch-columns.ts";
import { batchRows } from "../wire/batch-statement.ts";
import { instantOf } from "../wire/instant-of.ts";
import { presenceReach } from "./keep-agent-days.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** The earliest instant at which something came late that agents' time rests on. */
export interface LatePresence {
  readonly tenantId: string;
  readonly fromMs: number;
}

const rows = batchRows<LatePresence>({
  tenant_id: batchOf.text(({ tenantId }) => tenantId),
  from_ms: batchOf.int8(({ fromMs }) => fromMs),
});

const statement = {
  name: "void-agent-days",
  // A state holds until the next one, however late that comes: all days after it are void.
  text: `
    delete from analytics_presence_days kept
    using ${rows.unnested} as late (${rows.names}), analytics_settings settings
    where kept.tenant_id = late.tenant_id and settings.tenant_id = late.tenant_id
      and kept.to_at > ${instantOf("late.from_ms")} - ${presenceReach}`,
};

/** Makes the kept days of agents void that late events say something of, in the transaction that stored them. */
export async function voidAgentDays(client: WriterConnection, late: readonly LatePresence[]): Promise<void> {
  await client.query({ ...statement, values: rows.parameters(late) });
}
