/** A progress bar on stderr where that is a terminal, a line each few seconds where it is not. */
export interface Progress {
  update(done: number): void;
  finish(done: number): void;
}

const barWidth = 30;
const plainIntervalMs = 5000;

/**
 * @param label what is being done
 * @param estimate how much there is, about; 0 where that is not known
 * @param unit what is counted, plural
 */
export function showProgress(label: string, estimate: number, unit: string): Progress {
  const started = performance.now();
  let lastPrint = started;
  const line = (done: number): string => {
    const seconds = Math.max(0.001, (performance.now() - started) / 1000);
    const rate = `${Math.round(done / seconds).toLocaleString("en")} ${unit}/s`;
    const counted = `${done.toLocaleString("en")} ${unit}`;
    if (estimate <= 0) return `${label}: ${counted}, ${rate}`;
    const share = Math.min(1, done / estimate);
    const filled = Math.round(share * barWidth);
    const bar = `${"█".repeat(filled)}${"░".repeat(barWidth - filled)}`;
    return `${label} ${bar} ${Math.floor(share * 100)} %  ${counted}, ${rate}`;
  };
  return {
    update(done) {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line(done)}`);
      else if (performance.now() - lastPrint > plainIntervalMs) {
        lastPrint = performance.now();
        process.stderr.write(`${line(done)}\n`);
      }
    },
    finish(done) {
      process.stderr.write(`${process.stderr.isTTY ? "\r\x1b[2K" : ""}${line(Math.max(done, 0))}\n`);
    },
  };
}
