import { setTimeout as wait } from "node:timers/promises";

/**
 * How long the sample assistant "thinks". 1 is the speed of a real model: about a second in the
 * median, log-normal, as answer times are; 0 answers at once.
 */
export type ThinkingPace = number;

/** Waits as long as an answer takes to come, in milliseconds times the pace. */
export async function think(pace: ThinkingPace, medianMs: number, spread = 0.45): Promise<void> {
  if (pace <= 0) return;
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  await wait(pace * medianMs * Math.exp(spread * normal));
}
