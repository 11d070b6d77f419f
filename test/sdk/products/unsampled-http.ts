/** An HTTP handler without a line of ours in it, under tracing as the environment says. */
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { startTelemetry } from "@spanledger/sdk/telemetry";

const telemetry = await startTelemetry({
  httpEvents: [{ path: "/parcels/:number", event: "query.tracking", attributes: { tracking_number: ":number" } }],
});
const server = createServer((_incoming, response) => response.end());
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address() as AddressInfo;
await new Promise((resolve) => {
  get(`http://127.0.0.1:${port}/parcels/7`, (response) => response.resume().on("end", resolve));
});
await new Promise((resolve) => server.close(resolve));
await telemetry.shutdown();
