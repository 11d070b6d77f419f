import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { cpuMicrosecondsOf, memoryOf, pidsOfTree } from "../../bench/machine/process-use.ts";

const burn = "const end = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < end);";

/** A process that waits for a line before it starts a child that uses 300 ms of CPU and ends. */
function startParent() {
  const script = `
    const { spawnSync } = require("node:child_process");
    process.stdin.once("data", () => {
      spawnSync(process.execPath, ["-e", ${JSON.stringify(burn)}]);
      console.log("ended");
      process.stdin.once("data", () => process.exit(0));
    });
    console.log("ready");`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

describe.skipIf(process.platform !== "linux")("use of CPU and memory", () => {
  test("includes a child that has ended", async () => {
    const parent = startParent();
    const pid = parent.pid ?? -1;
    await once(parent.stdout, "data");
    const before = await cpuMicrosecondsOf(pid);
    parent.stdin.write("go\n");
    await once(parent.stdout, "data");
    expect(await pidsOfTree(pid)).toEqual([pid]);
    expect((await cpuMicrosecondsOf(pid)) - before).toBeGreaterThan(290_000);
    expect((await memoryOf(pid)).peak).toBeGreaterThan(10 * 1024 * 1024);
  });

  test("is what the process itself reports, to the microsecond and not to a tick of 10 ms", async () => {
    const script = `${burn} const { user, system } = process.cpuUsage(); console.log(user + system); process.stdin.resume();`;
    const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const [reported] = await once(child.stdout, "data");
    const measured = await cpuMicrosecondsOf(child.pid ?? -1);
    expect(measured).toBeGreaterThanOrEqual(Number(reported));
    expect(measured).toBeLessThan(Number(reported) + 100_000);
    expect(measured % 10_000).not.toBe(0);
  });

  test("is not a number if there is no such process", async () => {
    // Larger than any process id of Linux.
    expect(await cpuMicrosecondsOf(2 ** 23)).toBeNaN();
    expect((await memoryOf(2 ** 23)).now).toBeNaN();
  });
});
