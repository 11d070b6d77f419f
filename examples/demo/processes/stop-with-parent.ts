import { isMainThread } from "node:worker_threads";

/**
 * Loaded into each process of the demo: if the demo is gone, however it went, the pipe at standard input ends, and the
 * process stops as it would on SIGTERM. Without this a killed demo leaves orphans. A channel for messages would not do:
 * `process.execve` closes it when the receiver starts. Threads load it too; their standard input is not the pipe.
 */
if (isMainThread) {
  process.stdin.once("end", () => process.kill(process.pid, "SIGTERM"));
  process.stdin.resume();
  process.stdin.unref();
}
