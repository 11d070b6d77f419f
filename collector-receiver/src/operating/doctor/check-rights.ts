import type pg from "pg";
import type { Result } from "./finding.ts";

/** Every right that the migrations grant to `spanledger_receiver`, on tables, columns, sequences, functions and schemas. */
const missingRights = `
  with receiver as (select oid from pg_roles where rolname = 'spanledger_receiver'),
  granted as (
    select relname::text as object, privilege_type as right, case relkind
        when 'S' then has_sequence_privilege(c.oid, privilege_type) else has_table_privilege(c.oid, privilege_type) end as held
    from pg_class c, aclexplode(relacl), receiver where grantee = receiver.oid
    union all
    select c.relname || '.' || attname, privilege_type, has_column_privilege(c.oid, attnum, privilege_type)
    from pg_attribute a join pg_class c on c.oid = a.attrelid, aclexplode(attacl), receiver where grantee = receiver.oid
    union all
    select proname::text, privilege_type, has_function_privilege(p.oid, privilege_type)
    from pg_proc p, aclexplode(proacl), receiver where grantee = receiver.oid
    union all
    select nspname::text, privilege_type, has_schema_privilege(n.oid, privilege_type)
    from pg_namespace n, aclexplode(nspacl), receiver where grantee = receiver.oid
  )
  select (select count(*)::int from receiver) as roles, count(*)::int as rights,
    coalesce(array_agg(distinct lower("right") || ' on ' || object) filter (where not held), '{}') as missing,
    has_schema_privilege('public', 'create') as ddl
  from granted`;

const maxNamed = 10;

/** The schema itself says which rights a receiver needs. */
export async function checkRights(client: pg.Client): Promise<Result> {
  const { rows } = await client.query<{ roles: number; rights: number; missing: string[]; ddl: boolean }>(
    missingRights,
  );
  const { roles, rights, missing, ddl } = rows[0] as (typeof rows)[number];
  if (roles === 0) {
    const remedy = "create it, then run `select spanledger_grant_rights()` as the schema's owner";
    return ["warning", `the role spanledger_receiver does not exist (a dump was restored without roles?): ${remedy}`];
  }
  if (missing.length > 0) {
    const more = missing.length > maxNamed ? ` and ${missing.length - maxNamed} more` : "";
    const named = missing.slice(0, maxNamed).join(", ");
    return ["failed", `missing: ${named}${more}; run \`grant spanledger_receiver to <role>\``];
  }
  return ["ok", `all ${rights} that the receiver needs${ddl ? ", and DDL, which it does not" : ", no DDL"}`];
}
