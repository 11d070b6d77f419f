import { runInThisContext } from "node:vm";

/** The process itself. Jest gives each test file a copy of it, whose listeners nobody ever calls. */
export const realProcess: NodeJS.Process = findProcess();

function findProcess(): NodeJS.Process {
  try {
    const found = runInThisContext("process") as NodeJS.Process | undefined;
    if (found?.pid === process.pid) return found;
  } catch {
    // A runtime without contexts, or without this name.
  }
  return process;
}
