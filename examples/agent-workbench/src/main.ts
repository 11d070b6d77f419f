import { startTelemetry } from "@spanledger/sdk/telemetry";

// First, because HTTP instrumentation reaches only what is loaded after it; hence the imports below.
const telemetry = await startTelemetry({ serviceName: "agent-workbench" });

const { default: closeWithGrace } = await import("close-with-grace");
const { buildWorkbench } = await import("./app.ts");

const port = Number(process.env["PORT"] ?? 8002);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  throw new Error(`PORT is "${process.env["PORT"]}"; set it to a whole number from 0 to 65535`);
}
const app = await buildWorkbench({ password: process.env["WORKBENCH_PASSWORD"] ?? "xxx", logger: true });
app.log.info("Analytics tracker started");

closeWithGrace({ delay: 12_000, logger: app.log }, async () => {
  await app.close();
  await telemetry.shutdown();
});
await app.listen({ host: process.env["HOST"] ?? "127.0.0.1", port });
