/** Starts telemetry by a call, behind its own named imports of node:http. */
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { startTelemetry } from "@spanledger/sdk/telemetry";

const telemetry = await startTelemetry();
const server = createServer((_incoming, response) => response.end());
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address() as AddressInfo;
await new Promise((resolve) => {
  get(`http://127.0.0.1:${port}/`, (response) => response.resume().on("end", resolve));
});
server.close();
await telemetry.shutdown();
