/** A product with piscina; the first argument names how the pool ends. */
import { Piscina } from "piscina";
import { record, shutdown, start } from "./sdk.mjs";

const [how] = process.argv.slice(2);
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const onlyThreads = how.startsWith("only-threads");
if (!onlyThreads) start();
const pool = new Piscina({
  filename: new URL("task.mjs", import.meta.url).href,
  minThreads: 1,
  maxThreads: 3,
  idleTimeout: how === "idle" ? 50 : 60_000,
});
const tasks = async (count) => {
  const done = await Promise.all(Array.from({ length: count }, () => pool.run(10)));
  console.log(done.length, "tasks");
};
await tasks(20);
switch (how) {
  case "close":
    await pool.close();
    break;
  case "destroy":
    await pool.destroy();
    break;
  case "idle":
    // The pool shrinks, by terminate, and grows again.
    while (pool.threads.length > 1) await later(20);
    await tasks(20);
    while (pool.threads.length > 1) await later(20);
    await pool.destroy();
    break;
  case "abort": {
    const stopped = new AbortController();
    const endless = pool.run(-1, { signal: stopped.signal }).catch((error) => console.log(error.name));
    await later(300);
    // piscina terminates the thread.
    stopped.abort();
    await endless;
    await tasks(20);
    await pool.destroy();
    break;
  }
  case "task-throws":
    await pool.run(-2).catch((error) => console.log(error.message));
    await pool.close();
    break;
  case "shutdown":
    console.log(await shutdown());
    await tasks(20);
    await pool.destroy();
    break;
  case "exit":
    console.log("ending");
    process.exit(4);
  case "throw":
    console.log("ending");
    throw new Error("beside the pool on purpose");
  case "signal":
    setInterval(() => undefined, 1000);
    record(1);
    console.log("ending");
    break;
  case "only-threads-close":
    await pool.close();
    break;
  default:
}
if (!onlyThreads && how !== "signal") {
  record(1);
  console.log("ending");
}
