import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shutdown } from "@spanledger/sdk";
import { afterEach, beforeEach } from "vitest";
import { OtlpSink } from "./otlp-sink.ts";

/**
 * Starts a sink before each test, and stops it afterwards.
 * @param take is given the sink
 * @param shutdownMs how long the SDK of this process may take to send what it holds before that; undefined: it is not started
 */
export function useSink(take: (sink: OtlpSink) => void, shutdownMs?: number): void {
  let sink: OtlpSink;
  beforeEach(async () => {
    sink = await OtlpSink.start();
    take(sink);
  });
  afterEach(
    async () => {
      sink.misbehave = null;
      if (shutdownMs !== undefined) await shutdown({ timeoutMs: shutdownMs });
      await sink.stop();
    },
    (shutdownMs ?? 0) + 30_000,
  );
}

/** Makes a folder before each test, and removes it after the sink is stopped if it is asked for before `useSink`. */
export function useFolder(take: (folder: string) => void): void {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "spanledger-sdk-"));
    take(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
}
