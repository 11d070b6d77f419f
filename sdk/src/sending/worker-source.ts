import { URL } from "node:url";

/**
 * The program of the worker thread, as text: a bundler carries it along like any string, whereas it would have to know
 * of a file. The build replaces this module by one with the whole program in it; in the clone it loads the sources.
 */
// @ts-ignore import.meta is an error in the CommonJS build, whose copy of this module is replaced.
const entry = new URL("./send-worker.ts", import.meta.url);

export const workerSource: string = `import(${JSON.stringify(entry.href)});`;
