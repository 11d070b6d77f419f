import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  agentCounterColumns,
  businessCounterColumns,
} from "../../../../collector-receiver/src/metrics/counter-columns.ts";
import { createTestDatabase, type TestDatabase } from "../../../support/create-test-database.ts";

/** Columns beside the counters: keys, names and times. */
const otherColumns = new Set([
  "id",
  "tenant_id",
  "period_type",
  "period_value",
  "period_start",
  "day",
  "agent_id",
  "agent_name",
  "agent_name_at",
  "agent_name_event_id",
  "revision",
  "created_at",
  "updated_at",
]);

describe("the tables of counters", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => database.drop());

  async function columnsOf(relation: string): Promise<string[]> {
    const { rows } = await database.pool.query<{ name: string }>(
      `select attname as name from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
      [relation],
    );
    return rows.map(({ name }) => name).filter((name) => !otherColumns.has(name));
  }

  it.each([
    ["analytics_business_metrics", businessCounterColumns],
    ["analytics_agent_metrics", agentCounterColumns],
    ["analytics_agent_metrics_by_period", agentCounterColumns],
  ])("%s has a column for each counter that is defined, and no other", async (relation, defined) => {
    const columns = await columnsOf(relation);
    const missing = defined.filter((column) => !columns.includes(column));
    expect(missing, "a migration has to add these columns, to the table and to the view by period").toEqual([]);
    expect(columns.toSorted()).toEqual([...defined].toSorted());
  });
});
