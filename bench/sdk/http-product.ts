/** A server that records ten events a request, or none: `http-product.ts <events> <sink>`. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { recordBusinessEvent, startBusinessEvents } from "@spanledger/sdk";

const [events = "0", sink = ""] = process.argv.slice(2);
startBusinessEvents({ endpoint: sink });
const server = createServer((_request, response) => {
  for (let i = 0; i < Number(events); i += 1) {
    recordBusinessEvent("session.message", { session_id: `s-${i}`, role: "ai", message_length: i });
  }
  response.end("ok");
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.resume().on("end", () => process.exit(0));
