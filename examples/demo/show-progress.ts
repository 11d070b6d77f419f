/** Says what the demo does: one moving line on a terminal, plain lines elsewhere. */
export interface Progress {
  /** A line that stays. */
  say(line: string): void;
  /** A line that the next one replaces on a terminal; elsewhere shown at most every 5 s. */
  update(line: string): void;
}

const plainEveryMs = 5_000;

export function showProgress(stream: NodeJS.WriteStream): Progress {
  let moving = false;
  let lastPlainAt = 0;
  const clear = (): void => {
    if (moving) stream.write("\r\u001b[2K");
    moving = false;
  };
  return {
    say(line) {
      clear();
      stream.write(`${line}\n`);
    },
    update(line) {
      if (stream.isTTY) {
        clear();
        stream.write(line.slice(0, (stream.columns || 80) - 1));
        moving = true;
      } else if (Date.now() - lastPlainAt >= plainEveryMs) {
        lastPlainAt = Date.now();
        stream.write(`${line}\n`);
      }
    },
  };
}
