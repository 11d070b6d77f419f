/** Answers requests before it has started, as Next.js does; an argument makes it record the event itself too. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { recordBusinessEvent, startBusinessEvents } from "@spanledger/sdk";

const [explicit] = process.argv.slice(2);
let started: Promise<void> | null = null;
async function start(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  startBusinessEvents({
    httpEvents: [{ path: "/parcels/:number", event: "query.tracking", attributes: { tracking_number: ":number" } }],
  });
}
const server = createServer((request, response) => {
  started ??= start();
  void started.then(() => {
    if (explicit !== undefined && request.url === "/parcels/1")
      recordBusinessEvent("query.tracking", { success: true });
    response.end("found");
  });
});
server.listen(0, "127.0.0.1", async () => {
  const { port } = server.address() as AddressInfo;
  await Promise.all([fetch(`http://127.0.0.1:${port}/parcels/1`), fetch(`http://127.0.0.1:${port}/parcels/2?lang=en`)]);
  await fetch(`http://127.0.0.1:${port}/parcels/3`);
  await fetch(`http://127.0.0.1:${port}/other`);
  server.close();
});
