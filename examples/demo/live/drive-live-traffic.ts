import { createSeededRandom } from "../history/seeded-random.ts";
import { createProductClient, type TrafficCounts } from "./call-product.ts";
import { pause } from "./pause.ts";
import { visitChatbot } from "./visit-chatbot.ts";
import { workAShift, type Mailboxes } from "./work-a-shift.ts";

export interface LiveTraffic {
  readonly counts: TrafficCounts;
  /** Lets visits and shifts come to their end: whoever has begun says goodbye. */
  stop(): Promise<void>;
}

export interface LiveTrafficOptions {
  readonly chatbotUrl: string;
  readonly workbenchUrl: string;
  /** What agents log in with. */
  readonly password: string;
  readonly seed: string;
  /** Mean time between two customers, in ms. */
  readonly visitEveryMs: number;
}

/** Customers and agents who use the products through their HTTP routes, until they are stopped. */
export function driveLiveTraffic(options: LiveTrafficOptions): LiveTraffic {
  const counts: TrafficCounts = { requests: 0, visits: 0, shifts: 0, unexpected: [] };
  const chatbot = createProductClient(options.chatbotUrl, counts);
  const workbench = createProductClient(options.workbenchUrl, counts);
  const closing = new AbortController();
  const mailboxes: Mailboxes = new Map();

  const agents = ["agent1", "agent2", "agent4"].map((username) =>
    workAShift(
      { username, password: options.password, workbench, mailboxes, closing: closing.signal },
      createSeededRandom(`${options.seed}/live/${username}`),
      counts,
    ),
  );
  const visits = new Set<Promise<void>>();
  const customers = (async () => {
    const arrivals = createSeededRandom(`${options.seed}/live/arrivals`);
    for (let visit = 1; !closing.signal.aborted; visit++) {
      const visiting = visitChatbot(chatbot, createSeededRandom(`${options.seed}/live/visit/${visit}`), closing.signal);
      counts.visits += 1;
      visits.add(visiting);
      void visiting.finally(() => visits.delete(visiting));
      await pause(-Math.log(1 - arrivals.uniform()) * options.visitEveryMs, closing.signal);
    }
  })();

  return {
    counts,
    async stop() {
      closing.abort();
      await customers;
      await Promise.all(visits);
      await Promise.all(agents);
    },
  };
}
