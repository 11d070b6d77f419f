import { fork } from "node:child_process";
import type { Job, JobAnswer, JobResult } from "../load/jobs.ts";

export interface LoadProcess {
  readonly pid: number;
  /** One job at a time. */
  run(job: Job): Promise<JobResult>;
  stop(): void;
}

/** Starts the load generator. */
export function startLoadProcess(): LoadProcess {
  const child = fork(new URL("../load/load-process.ts", import.meta.url), {
    execArgv: ["--conditions=spanledger-source"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  return {
    pid: child.pid ?? -1,
    run: (job) =>
      new Promise((resolve, reject) => {
        const onExit = (code: number | null) => reject(new Error(`the load generator ended with ${code}`));
        child.once("exit", onExit);
        child.once("message", (answer: JobAnswer) => {
          child.off("exit", onExit);
          if ("error" in answer) reject(new Error(answer.error));
          else resolve(answer.result);
        });
        child.send(job);
      }),
    stop: () => void child.disconnect(),
  };
}
