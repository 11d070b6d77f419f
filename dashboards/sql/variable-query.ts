/** Options of the variable `tenant`. */
export const tenantVariableQuery = `select tenant_id as "__text", tenant_id as "__value"
from analytics_settings
order by 1`;

/** A setting of the chosen tenant, for titles. */
export function settingVariableQuery(setting: "currency" | "timezone"): string {
  return `select ${setting}::text as "__text", ${setting}::text as "__value"
from analytics_settings
where tenant_id = '$tenant'`;
}
