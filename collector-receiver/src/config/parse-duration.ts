const secondsPer = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/**
 * Seconds in `24h`, `90m`, `3600s` or `2d`; whole numbers only.
 * @returns undefined if the text is not such a duration
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * secondsPer[match[2] as keyof typeof secondsPer];
}
