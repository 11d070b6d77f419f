import { startTelemetry } from "@spanledger/sdk/telemetry";

// First, because HTTP instrumentation reaches only what is loaded after it; hence the imports below.
const telemetry = await startTelemetry({
  serviceName: "ai-chatbot",
  // The handler's own record knows the carrier, and wins. A request that ends before it gets there (a number
  // that is refused, a failure, a customer who leaves) is a failed query all the same.
  httpEvents: [
    {
      method: "GET",
      path: "/api/tracking/:number",
      event: "query.tracking",
      attributes: ({ params, query }) => ({ tracking_number: params["number"], session_id: query.get("session_id") }),
    },
  ],
});

const { default: closeWithGrace } = await import("close-with-grace");
const { default: pg } = await import("pg");
const { buildChatbot } = await import("./app.ts");
const { readEnvironment } = await import("./read-environment.ts");

const environment = readEnvironment(process.env);
const pool =
  environment.databaseUrl === undefined ? null : new pg.Pool({ connectionString: environment.databaseUrl, max: 4 });
const app = await buildChatbot({
  pace: environment.pace,
  model: environment.model,
  workbenchUrl: environment.workbenchUrl,
  analytics: pool === null ? environment.analyticsUrl : { pool, tenantOf: () => "default", locale: environment.locale },
  logger: true,
});
pool?.on("error", (error) => app.log.warn({ err: error }, "idle database connection lost"));
app.log.info("Analytics tracker started");

closeWithGrace({ delay: 12_000, logger: app.log }, async () => {
  await app.close();
  await telemetry.shutdown();
  await pool?.end();
});
await app.listen({ host: environment.host, port: environment.port });
