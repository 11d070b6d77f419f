const { recordBusinessEvent, startBusinessEvents } = require("@spanledger/sdk");

startBusinessEvents();
for (let i = 0; i < 700; i += 1) recordBusinessEvent("shop.sold", { i });
void import("./shop/end.js").then(({ end }) => end(process.argv.at(-1)));
