import { enableCompileCache } from "node:module";
import { workerData } from "node:worker_threads";
import type { ReadingData } from "./reading-thread.ts";

// As in `main.ts`: before the rest is loaded.
const data = workerData as ReadingData;
if (data.compiledCode !== undefined) enableCompileCache(data.compiledCode);

const { serveReading } = await import("./serve-reading.ts");
serveReading(data);
