import { businessEventsStatus, recordBusinessEvent, startBusinessEvents } from "@spanledger/sdk";
import { end } from "./end.js";

startBusinessEvents();
for (let i = 0; i < 700; i += 1) recordBusinessEvent("shop.sold", { i });
if (businessEventsStatus().sending !== "worker") throw new Error("it does not send from a worker");
end(process.argv.at(-1));
