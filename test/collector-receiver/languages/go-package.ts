import { execFile } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { findGo } from "../../../deploy/setup/find-language.ts";
import { makeFolder, removeFolder } from "../../sdk/fresh-folder.ts";

const run = promisify(execFile);
const example = join(import.meta.dirname, "../../../examples/go-product");

/** A module with the example's recorder and other functions, removed when the current test has finished. */
export function layOutGoModule(functions: string): string {
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  for (const file of ["go.mod", "go.sum"]) cpSync(join(example, file), join(folder, file));
  const events = join(folder, "businessevents");
  mkdirSync(events);
  cpSync(join(example, "businessevents/recorder.go"), join(events, "recorder.go"));
  writeFileSync(join(events, "functions.go"), functions);
  return folder;
}

/** Builds a module and runs Go's own checks of it. @returns what is wrong, by file and line; "" if nothing is */
export async function checkGo(folder: string): Promise<string> {
  const go = (await findGo()).path ?? "go";
  for (const args of [
    ["build", "-gcflags=-e", "-o", "/dev/null", "./..."],
    ["vet", "./..."],
  ]) {
    const said = await run(go, args, { cwd: folder, maxBuffer: 2 ** 26 }).then(
      () => "",
      ({ stderr, message }: Error & { stderr?: string }) => stderr ?? message,
    );
    if (said !== "") return said;
  }
  return "";
}
