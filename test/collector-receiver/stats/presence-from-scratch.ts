import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";

const hour = 3_600_000;
const longestHold = 12 * hour;
const longestLook = 24 * hour;

type State = "online" | "away" | "busy" | "offline";

export interface Standing {
  readonly state: Exclude<State, "offline"> | null;
  readonly isOccupied: boolean;
}

const byTime = (a: BusinessEvent, b: BusinessEvent): number =>
  a.occurredAtMs - b.occurredAtMs || (a.eventId < b.eventId ? -1 : 1);
const isWork = ({ name }: BusinessEvent): boolean => /^agent\.(session_|status_)/.test(name);
const loginOf = ({ attributes }: BusinessEvent): string => (attributes["login_id"] as string | undefined) ?? "";

/**
 * What an agent was at an instant, straight from the definition and in the plainest way: nothing of the receiver's own code
 * is used.
 * @param all events of a tenant, of all agents and sessions
 */
export function presenceFromScratch(all: readonly BusinessEvent[], agentId: number, heartbeatMs: number) {
  const own = all.filter((event) => event.agentId === agentId).toSorted(byTime);
  const logins = own.filter(({ name }) => name === "agent.login");
  const logouts = own
    .filter(({ name }) => name === "agent.logout")
    .map((logout) => {
      const beside = logins.filter(({ occurredAtMs: at }) => Math.abs(at - logout.occurredAtMs) <= 1000);
      return { logout, beside, counts: doesCount(logout, beside) };
    });

  function doesCount({ occurredAtMs: outMs }: BusinessEvent, beside: readonly BusinessEvent[]): boolean {
    if (beside.length === 0) {
      return !own.some(
        (work) =>
          isWork(work) &&
          work.occurredAtMs > outMs &&
          work.occurredAtMs < outMs + heartbeatMs &&
          !logins.some(({ occurredAtMs: at }) => at > outMs && at <= work.occurredAtMs),
      );
    }
    const lastMs = Math.max(outMs, ...beside.map(({ occurredAtMs: at }) => at));
    const later = own.filter(
      ({ name, occurredAtMs: at }) => !name.startsWith("ticket.") && at > lastMs && at < lastMs + heartbeatMs,
    );
    const firstMs = Math.min(...later.map(({ occurredAtMs: at }) => at));
    // Whatever it is, if it is not a login: the agent went on.
    return !later.some(({ name, occurredAtMs: at }) => at === firstMs && name !== "agent.login");
  }

  const isVoid = (event: BusinessEvent): boolean =>
    logouts.some(({ logout, counts }) => logout === event && !counts && loginOf(event) === "") ||
    logouts.some(({ beside, counts }) => counts && beside.includes(event));
  const stateOf = ({ name, attributes }: BusinessEvent): State | undefined =>
    ({ "agent.login": "online", "agent.logout": "offline", "agent.status_change": attributes["to_status"] })[name] as
      | State
      | undefined;
  const devices = [...new Set(["", ...own.map(loginOf)])];

  function statesAt(ms: number): State[] {
    return devices.flatMap((device) => {
      const said = own.filter(
        (event) =>
          event.occurredAtMs <= ms &&
          stateOf(event) !== undefined &&
          !isVoid(event) &&
          (loginOf(event) === device || (event.name === "agent.logout" && loginOf(event) === "")),
      );
      const last = said.at(-1);
      return last === undefined ? [] : [stateOf(last) as State];
    });
  }

  const isSign = (event: BusinessEvent): boolean => {
    if (event.name === "agent.login") return !isVoid(event);
    if (!event.name.startsWith("ticket.")) return true;
    const next = own.find(
      (later) =>
        later.occurredAtMs >= event.occurredAtMs &&
        later.occurredAtMs <= event.occurredAtMs + longestLook &&
        (later.name === "agent.login" || stateOf(later) === "offline") &&
        !isVoid(later),
    );
    return next !== undefined && next.name !== "agent.login";
  };
  const signs = own.filter(isSign);

  const holds = own
    .filter(({ name }) => name === "agent.session_takeover")
    .map((takeover) => {
      const { sessionId, occurredAtMs: fromMs } = takeover;
      const inSession = all.filter((event) => event.sessionId === sessionId && event.occurredAtMs > fromMs);
      const soon = inSession.filter(({ occurredAtMs: at }) => at <= fromMs + longestLook);
      const ends = soon.filter((event) =>
        event.agentId === agentId
          ? event.name === "agent.session_release" || event.name === "agent.session_transfer"
          : event.name === "agent.session_takeover",
      );
      const allEnds = all.filter(({ name, sessionId: id }) => name === "session.end" && id === sessionId);
      const firstEnd = allEnds.toSorted(byTime)[0];
      if (firstEnd !== undefined && firstEnd.occurredAtMs > fromMs) ends.push(firstEnd);
      const times = ends.map(({ occurredAtMs: at }) => at);
      const last = soon.filter((event) => event.agentId === agentId).map(({ occurredAtMs: at }) => at);
      const toMs = times.length > 0 ? Math.min(...times) : Math.max(fromMs, ...last);
      const outMs = logouts.filter(({ counts, logout }) => counts && logout.occurredAtMs > fromMs);
      return {
        fromMs,
        toMs: Math.min(toMs, fromMs + longestHold, ...outMs.map(({ logout }) => logout.occurredAtMs)),
      };
    });

  return (ms: number): Standing => {
    const states = statesAt(ms);
    const isAlive = signs.some(({ occurredAtMs: at }) => at <= ms && ms < at + heartbeatMs);
    const isHeld = holds.some(({ fromMs, toMs }) => fromMs <= ms && ms < toMs);
    const declared = (["busy", "online", "away"] as const).find((state) => states.includes(state));
    const isPresent = isHeld || (isAlive && declared !== undefined);
    const state = isPresent ? (declared ?? "online") : null;
    return { state, isOccupied: isPresent && (isHeld || declared === "busy") };
  };
}

/** How long something holds of the agent between two instants. */
export function timeFromScratch(
  all: readonly BusinessEvent[],
  agentId: number,
  heartbeatMs: number,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  holds: (standing: Standing) => boolean,
): number {
  const standingAt = presenceFromScratch(all, agentId, heartbeatMs);
  const instants = [
    fromMs,
    toMs,
    ...all.flatMap(({ occurredAtMs: at }) => [at, at + heartbeatMs, at + longestHold]),
  ].filter((at) => at >= fromMs && at <= toMs);
  const sorted = [...new Set(instants)].toSorted((a, b) => a - b);
  return sorted.slice(1).reduce((total, end, i) => {
    const begin = sorted[i] as number;
    return holds(standingAt(begin)) ? total + end - begin : total;
  }, 0);
}
