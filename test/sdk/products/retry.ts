/** Records ten events and waits until they are settled, however long that takes. */
import { flush, recordBusinessEvent, startBusinessEvents } from "@spanledger/sdk";

startBusinessEvents();
for (let i = 0; i < 10; i += 1) recordBusinessEvent("shop.sold", { i });
while (!(await flush({ timeoutMs: 1000 })));
