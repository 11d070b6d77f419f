/** Takes whatever the measured SDKs send, in a process of its own so that its CPU is not theirs. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const server = createServer((request, response) => {
  request.resume().on("end", () => {
    const otlp = request.url?.startsWith("/v1/") === true;
    response.writeHead(200, { "content-type": otlp ? "application/x-protobuf" : "application/json" });
    response.end(otlp ? "" : "{}");
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.resume().on("end", () => process.exit(0));
