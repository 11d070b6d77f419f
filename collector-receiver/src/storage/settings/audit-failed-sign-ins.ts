import type { Pool } from "pg";

/** A tenant's name has no such character: the entry is of none. */
const noTenant = "*";

/** Notes how many reads with a wrong token or link there were. Whose numbers they were after is not known. */
export async function auditFailedSignIns(
  pool: Pick<Pool, "query">,
  failures: Readonly<Record<string, number>>,
): Promise<void> {
  await pool.query({
    name: "audit-failed-sign-ins",
    text: "insert into analytics_audit (tenant_id, action, details) values ($1, 'failed_sign_ins', $2::jsonb)",
    values: [noTenant, JSON.stringify(failures)],
  });
}
