import { end } from "./end.js";

end(process.argv.at(-1));
