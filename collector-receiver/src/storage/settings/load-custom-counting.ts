import { InvariantError } from "../../invariant-error.ts";
import type { CustomDefinitions } from "../../catalogue/custom-definitions.ts";
import { compileCounting } from "../../metrics/custom-counting.ts";
import type { CustomCounting } from "../../metrics/custom-counting.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** Definitions change with a deployment: a handful are alive at a time. */
const maxKept = 32;
const compiled = new Map<string, CustomCounting>();

/**
 * How a tenant's own metrics are counted, by the hash that its settings had in this transaction. All receivers
 * count by what the database says, so that two of them with different files do not count differently.
 */
export async function loadCustomCounting(
  client: WriterConnection,
  tenantId: string,
  hash: string,
): Promise<CustomCounting> {
  const known = compiled.get(hash);
  if (known !== undefined) return known;
  const { rows } = await client.query<{ custom_definitions: CustomDefinitions }>({
    name: "load-custom-definitions",
    text: "select custom_definitions from analytics_settings where tenant_id = $1 and custom_definitions_hash = $2",
    values: [tenantId, hash],
  });
  const definitions = rows[0]?.custom_definitions;
  if (definitions === undefined) throw new InvariantError(`the definitions ${hash} of tenant "${tenantId}" are gone`);
  const counting = compileCounting(definitions, hash);
  if (compiled.size >= maxKept) compiled.clear();
  compiled.set(hash, counting);
  return counting;
}
