/**
 * What has to hold on every supported major of PostgreSQL: the schema both ways, everything that ingest writes, exactly once,
 * verify, rebuild, erase, retention, roles, and every statement that a route, a page, a list or a board reads with.
 */
export const postgresSuite = [
  "test/collector-receiver/storage/**/*.test.ts",
  "test/collector-receiver/ingest/exactly-once.test.ts",
  "test/collector-receiver/ingest/{counting-rules,own-metrics}.test.ts",
  "test/collector-receiver/ingest/new-tenants.test.ts",
  "test/collector-receiver/recount/*.test.ts",
  "test/collector-receiver/erase/*.test.ts",
  "test/collector-receiver/upkeep/*retention.test.ts",
  "test/collector-receiver/upkeep/sweep-idle-sessions.test.ts",
  "test/collector-receiver/operating/database-roles.test.ts",
  "test/collector-receiver/stats/{case-study,operations,routes,routes-agree}.test.ts",
  "test/collector-receiver/web/path-back.test.ts",
  "test/dashboards/dashboard-queries.test.ts",
];
