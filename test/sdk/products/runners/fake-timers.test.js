/** For Jest and Vitest alike: their globals. */
const { flush, recordBusinessEvent, shutdown, startBusinessEvents } = require("@spanledger/sdk");
const { createTestRecorder } = require("@spanledger/sdk/testing");

const fakes = typeof jest === "undefined" ? globalThis.vi : jest;

test("flush and shutdown come back while the clock stands still", async () => {
  startBusinessEvents({ endpoint: process.env.ENDPOINT });
  fakes.useFakeTimers();
  recordBusinessEvent("shop.sold");
  expect(await flush({ timeoutMs: 200 })).toBe(false);
  expect(await shutdown({ timeoutMs: 200 })).toBe(false);
  // Left on.
});

test("the recorder takes matchers, and Dates of this file's realm", () => {
  const recorder = createTestRecorder();
  const at = new Date(0);
  recordBusinessEvent("shop.sold", { at, when: [1, 2], map: new Map([["a", 1]]), error: new TypeError("no") });
  recorder.expectEvent("shop.sold", { at, when: [1, 2], error: expect.stringContaining("TypeError") });
  recorder.expectEvent("shop.sold", expect.objectContaining({ map: '{"a":1}' }));
  recorder.stop();
});
