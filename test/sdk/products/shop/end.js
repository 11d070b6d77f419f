/** Ends the process in the way that the last argument names. */
export function end(how) {
  if (how === "exit") process.exit(3);
  if (how === "throw") throw new Error("uncaught on purpose");
  if (how === "broken-pipe") {
    // Whoever read the output is gone by then.
    setTimeout(() => console.log("too late"), 200);
    setTimeout(() => process.exit(4), 300);
  }
  if (how === "SIGTERM") process.kill(process.pid, how);
}
