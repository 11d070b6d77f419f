import type { Agents } from "./domain/agents.ts";
import type { SessionDesk } from "./domain/session-desk.ts";
import type { Tickets } from "./domain/tickets.ts";

/** What the routes share; made once, by the app. */
export interface WorkbenchServices {
  readonly agents: Agents;
  readonly desk: SessionDesk;
  readonly tickets: Tickets;
}
