import { staffOf, startOfDay, type DayNumber } from "./sample-calendar.ts";
import type { SeededRandom } from "./seeded-random.ts";

export interface SampleAgent {
  readonly id: number;
  readonly name: string;
}

/** One agent's day at work; the generator notes what the agent does. */
export interface SampleShift {
  readonly agent: SampleAgent;
  readonly startMs: number;
  /** Planned end; whoever is still in a chat then leaves after it. */
  readonly endMs: number;
  sessionsHandled: number;
  lastWorkMs: number;
}

const team: readonly SampleAgent[] = [
  { id: 1, name: "王芳" },
  { id: 2, name: "李伟" },
  { id: 3, name: "张敏" },
  { id: 4, name: "Anna Schmidt" },
  { id: 5, name: "陈静" },
  { id: 6, name: "Tom Baker" },
];

const hourMs = 3_600_000;

/** Starts of the early, the late and the middle shift, in Shanghai; between midnight and 8 nobody works. */
const shiftHours = [8, 16, 12] as const;

/** Who works on a day, and when. */
export function planShifts(day: DayNumber, random: SeededRandom): SampleShift[] {
  const present = Math.max(2, Math.round(team.length * staffOf(day)));
  const first = random.integer(0, team.length - 1);
  return Array.from({ length: present }, (_, place) => {
    const agent = team[(first + place) % team.length]!;
    const begin = shiftHours[place % shiftHours.length]!;
    const startMs = startOfDay(day) + begin * hourMs + random.integer(-9, 6) * 60_000 + random.integer(0, 59_999);
    return {
      agent,
      startMs,
      endMs: startMs + 8 * hourMs + random.integer(0, 20) * 60_000,
      sessionsHandled: 0,
      lastWorkMs: startMs,
    };
  });
}

/** The agents at work at a time, with at least five minutes to go. */
export const shiftsAt = (shifts: readonly SampleShift[], timeMs: number): SampleShift[] =>
  shifts.filter((shift) => shift.startMs <= timeMs && timeMs <= shift.endMs - hourMs / 12);
