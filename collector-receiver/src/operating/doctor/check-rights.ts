import type pg from "pg";
import { compareRights } from "../../storage/server/compare-rights.ts";
import type { Result } from "./finding.ts";

const maxNamed = 10;

export async function checkRights(client: pg.Client): Promise<Result> {
  const { roles, rights, missing, ddl } = await compareRights(client);
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
