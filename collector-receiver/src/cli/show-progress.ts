/** A progress bar on stderr if that is a terminal, else a line every few seconds. */
export interface Progress {
  update(done: number): void;
  finish(done: number): void;
}

const barWidth = 30;
const plainIntervalMs = 5000;
/** A terminal shows no more than that, and writing to it takes time. */
const barIntervalMs = 100;

/**
 * @param label what is being done
 * @param estimate how much there is, about; 0 if that is not known
 * @param unit what is counted, plural
 */
export function showProgress(label: string, estimate: number, unit: string): Progress {
  const started = performance.now();
  let lastPrint = started;
  /** @param of what is the whole; 0 if that is not known */
  const line = (done: number, of: number): string => {
    const seconds = Math.max(0.001, (performance.now() - started) / 1000);
    const rate = `${Math.round(done / seconds).toLocaleString("en")} ${unit}/s`;
    const counted = `${done.toLocaleString("en")} ${unit}`;
    if (of <= 0) return `${label}: ${counted}, ${rate}`;
    const share = Math.min(1, done / of);
    const filled = Math.round(share * barWidth);
    const bar = `${"█".repeat(filled)}${"░".repeat(barWidth - filled)}`;
    return `${label} ${bar} ${Math.floor(share * 100)} %  ${counted}, ${rate}`;
  };
  return {
    update(done) {
      const { isTTY } = process.stderr;
      if (performance.now() - lastPrint < (isTTY ? barIntervalMs : plainIntervalMs)) return;
      lastPrint = performance.now();
      process.stderr.write(isTTY ? `\r\x1b[2K${line(done, estimate)}` : `${line(done, estimate)}\n`);
    },
    finish(done) {
      // All of it is done, whatever the estimate was (it is of all tenants together).
      process.stderr.write(`${process.stderr.isTTY ? "\r\x1b[2K" : ""}${line(done, done)}\n`);
    },
  };
}

/** Says why a rebuild does not begin yet. */
export function sayWaiting(tenantId: string): void {
  process.stderr.write(
    `spanledger: another rebuild of tenant "${tenantId}" is under way. This one begins when it ends.\n`,
  );
}
