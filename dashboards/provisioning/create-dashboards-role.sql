-- The role with which Grafana logs in. What it may read is the group role's, which the migrations keep:
-- counters, settings and evidence; never event data, payloads, or who a session's customer was. Run it once
-- in Spanledger's database, after the migrations; running it again changes nothing. Then give it a password:
--   \password spanledger_dashboards
do $$
begin
  create role spanledger_dashboards login in role spanledger_reader;
exception when duplicate_object or unique_violation then
  null;
end
$$;

-- Grafana does not check SQL. These hold for what an editor of a dashboard writes, too.
alter role spanledger_dashboards set default_transaction_read_only = on;
alter role spanledger_dashboards set statement_timeout = '30s';
