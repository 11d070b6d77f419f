-- The role with which the receiver logs in. What it may do is the group role's, which the migrations keep: everything but change
-- the schema. Run it once in Spanledger's database, after the migrations; running it again changes nothing. Then give it a password:
--   \password spanledger_app
do $$
begin
  create role spanledger_app login in role spanledger_receiver;
exception when duplicate_object or unique_violation then
  null;
end
$$;
