import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { makePrivateFolder, userCacheFolder } from "./operating/private-folder.ts";

// Compiled code is kept between starts: the next start takes half the time and 20 MB less, because nothing is stripped of
// its types again. It has to be on before the rest is loaded. Node's default folder is shared by all users, and Node runs
// what it finds there: without a folder of our own, nothing is kept.
const compiledCode = makePrivateFolder(join(userCacheFolder(), "compiled"));
if (compiledCode !== undefined) enableCompileCache(compiledCode);

await import("./cli/run-program.ts");
