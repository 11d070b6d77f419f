import { aiColumns, aiPriceKeys } from "../../metrics/ai-calls.ts";
import type { AiCallChange } from "../../metrics/counter-change.ts";
import { adds, batchOf } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = batchStatement<AiCallChange>(
  "upsert-ai-tokens",
  "analytics_ai_tokens",
  {
    tenant_id: batchOf.text((change) => change.tenantId),
    day: batchOf.date((change) => change.day),
    ...Object.fromEntries(aiPriceKeys.map((name) => [name, batchOf.text<AiCallChange>((change) => change[name])])),
    ...Object.fromEntries(
      aiColumns.map((name, i) => [name, batchOf.int8<AiCallChange>((change) => change.amounts[i] as number, adds)]),
    ),
  },
  { key: ["tenant_id", "day", ...aiPriceKeys] },
);

/**
 * Adds what calls of models used, by day, provider, model and service tier.
 * @param changes sorted bytewise by (tenant, day, provider, model, service tier)
 */
export async function upsertAiTokens(client: WriterConnection, changes: readonly AiCallChange[]): Promise<void> {
  await client.query(statement.of(changes));
}
