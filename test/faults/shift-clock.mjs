/** Loaded with `--import`: shifts this process's date by SPANLEDGER_TEST_SHIFT_MS. Timers and performance.now() stay as they are. */
const shiftMs = Number(process.env["SPANLEDGER_TEST_SHIFT_MS"]);
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [RealDate.now() + shiftMs] : parts));
  }
  static now() {
    return RealDate.now() + shiftMs;
  }
};
