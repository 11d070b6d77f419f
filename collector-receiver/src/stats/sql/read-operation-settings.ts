import type { Pool } from "pg";
import type { WorkingHours } from "../../metrics/working-hours.ts";

/** Settings that operations figures depend on beside those of every document. */
export interface OperationSettings {
  /** Null: the tenant has none. */
  readonly workingHours: WorkingHours | null;
  readonly heartbeatSeconds: number;
}

/** For a tenant that has no settings yet. */
const defaultHeartbeatSeconds = 14_400;

export async function readOperationSettings(pool: Pick<Pool, "query">, tenantId: string): Promise<OperationSettings> {
  const { rows } = await pool.query<{ working_hours: WorkingHours | null; agent_heartbeat_seconds: number }>({
    name: "stats-read-operation-settings",
    text: "select working_hours, agent_heartbeat_seconds from analytics_settings where tenant_id = $1",
    values: [tenantId],
  });
  return {
    workingHours: rows[0]?.working_hours ?? null,
    heartbeatSeconds: rows[0]?.agent_heartbeat_seconds ?? defaultHeartbeatSeconds,
  };
}
