/** Starts telemetry after its server. */
import { createServer } from "node:http";
import { startTelemetry } from "@spanledger/sdk/telemetry";

const server = createServer();
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const telemetry = await startTelemetry();
server.close();
await telemetry.shutdown();
