import type { Pool } from "pg";

/** What a tenant is called on its reports. */
export interface Branding {
  readonly name: string | null;
  /** As an address that needs no request: `data:image/png;base64,…`. */
  readonly logo: string | null;
}

export async function readBranding(pool: Pick<Pool, "query">, tenantId: string): Promise<Branding> {
  const { rows } = await pool.query<Branding>({
    name: "stats-read-branding",
    text: "select display_name as name, logo from analytics_settings where tenant_id = $1",
    values: [tenantId],
  });
  return rows[0] ?? { name: null, logo: null };
}
