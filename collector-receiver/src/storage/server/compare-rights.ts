import type pg from "pg";

/** The rights of a connection beside those that the migrations grant to `spanledger_receiver`. */
export interface ComparedRights {
  /** 0 if the role `spanledger_receiver` does not exist. */
  readonly roles: number;
  /** How many rights the migrations grant, on tables, columns, sequences, functions and schemas. */
  readonly rights: number;
  /** Those that the connection lacks, as `select on analytics_events`. */
  readonly missing: string[];
  /** True if the connection may create tables too. */
  readonly ddl: boolean;
}

/** The schema itself says which rights a receiver needs. */
export async function compareRights(client: Pick<pg.Client, "query">): Promise<ComparedRights> {
  const { rows } = await client.query<ComparedRights>(`
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
    from granted`);
  return rows[0] as ComparedRights;
}
