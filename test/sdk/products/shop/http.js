/** One HTTP request, and its event. */
import { createServer } from "node:http";
import { startBusinessEvents } from "@spanledger/sdk";

startBusinessEvents({ httpEvents: [{ path: "/parcels/:number", event: "query.tracking" }] });
const server = createServer((_request, response) => response.end("found"));
server.listen(0, "127.0.0.1", async () => {
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/parcels/7`, {
    headers: { connection: "close" },
  });
  console.log(await answer.text());
  server.close();
});
