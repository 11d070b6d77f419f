/** Ends the process in the way that the last argument names. */
export function end(how) {
  if (how === "exit") process.exit(3);
  if (how === "throw") throw new Error("uncaught on purpose");
  if (how === "SIGTERM") process.kill(process.pid, how);
}
