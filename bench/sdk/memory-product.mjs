/**
 * Says how much memory it takes, in MiB, all of it and what is its own (no pages of files): `memory-product.mjs <process> <use> <sink>`. The process is `empty` or serves
 * HTTP (`server`) or computes for itself (`script`); the use is `nothing`, `worker` (an empty one), `sdk` (one event) or `events` (20,000).
 */
const [kind, use, sink] = process.argv.slice(2);
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
if (kind === "script") {
  // Adds up lines by hand, until V8 has optimised that: its compilers then are in memory, as in any program that works.
  const sums = new Map();
  const field = (line, index) => {
    let at = 0;
    for (let i = 0; i < index; i += 1) at = line.indexOf(",", at) + 1;
    let value = 0;
    for (let code; (code = line.charCodeAt(at)) >= 48; at += 1) value = value * 10 + code - 48;
    return value;
  };
  for (let round = 0; round < 300; round += 1) {
    for (let i = 0; i < 2000; i += 1) {
      const line = `${i},${i * 7},${round}`;
      const key = field(line, 0) % 97;
      sums.set(key, (sums.get(key) ?? 0) + field(line, 1) + field(line, 2));
    }
    await later(0);
  }
}
if (kind === "server") {
  // Only there: it takes memory of its own.
  const { createServer, get } = await import("node:http");
  const server = createServer((_request, response) => response.end("ok"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  for (let i = 0; i < 200; i += 1) {
    await new Promise((resolve) => {
      get(`http://127.0.0.1:${server.address().port}`, (answer) => answer.resume().on("end", resolve));
    });
  }
}
if (use === "worker") {
  const { Worker } = await import("node:worker_threads");
  new Worker("setInterval(() => undefined, 1000)", { eval: true }).unref();
}
if (use === "sdk" || use === "events") {
  const { flush, recordBusinessEvent, startBusinessEvents } = await import("@spanledger/sdk");
  startBusinessEvents({ endpoint: sink });
  const [rounds, calls] = use === "sdk" ? [1, 1] : [20, 1000];
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < calls; i += 1) {
      recordBusinessEvent("session.message", { session_id: `s-${i}`, role: "ai", message_length: i });
    }
    if (!(await flush({ timeoutMs: 60_000 }))) throw new Error("the sink has not taken the events");
  }
}
// No flag of V8's and no collection by hand: with --expose-gc V8 takes none of the code that Node has compiled for its modules.
await later(1000);
const all = process.memoryUsage().rss / 1_048_576;
// Not before: what reads files takes memory too, which the SDK's process has anyway.
const { readFileSync } = process.getBuiltinModule("node:fs");
const [, privateKib] = /^RssAnon:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "latin1"));
console.log(JSON.stringify({ all, own: Number(privateKib) / 1024 }));
process.exit(0);
