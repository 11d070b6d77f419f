/** Options of the variable `tenant`. */
export const tenantVariableQuery = `select tenant_id as "__text", tenant_id as "__value"
from analytics_settings
order by 1`;
