import type { FastifyBaseLogger } from "fastify";
import { setTimeout as sleep } from "node:timers/promises";
import type { Target } from "../catalogue/delivery-targets.ts";
import type { DeliveryOutcome, Message } from "../delivery/message.ts";
import type { OnAlarm } from "../ingest/alarm-codes.ts";
import { claimDeliveries } from "../storage/deliveries/claim-deliveries.ts";
import type { ClaimedDelivery } from "../storage/deliveries/claim-deliveries.ts";
import { settleDelivery } from "../storage/deliveries/settle-delivery.ts";
import { DutyTakenError } from "../storage/wire/in-transaction.ts";
import { destroyConnection, endConnection, openWriterConnection } from "../storage/wire/writer-connection.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { withDeadline } from "../storage/wire/with-deadline.ts";
import { judgeDelivery } from "./judge-delivery.ts";

export interface DeliverySenderOptions {
  readonly connectionString: string;
  readonly log: Pick<FastifyBaseLogger, "warn" | "info">;
  /** Told of messages that are given up. */
  readonly onAlarm: OnAlarm;
  /** PostgreSQL's time in ms since 1970. */
  readonly now: () => number;
  /** The targets of this receiver's config. */
  readonly targets: readonly Target[];
  /** Sends a message once; it says what became of it, and does not throw. */
  readonly deliver: (target: Target, message: Message) => Promise<DeliveryOutcome>;
}

const limits = { maxDeliveries: 32, maxByTarget: 4, leaseMs: 2 * 60_000 } as const;
/** Well within the lease: what has not ended by then counts as failed. */
const maxSendMs = 60_000;
const statementDeadlineMs = 15_000;
/** What is under way at the end is waited for; after that somebody sends it again. */
const closeGraceMs = 1_500;

/**
 * Sends the messages of the outbox whose time has come. Several receivers may do so at once: each message is claimed by one of
 * them, and again by anybody if that one does not say what became of it. It holds a connection only while there is something
 * to send.
 */
export class DeliverySender {
  readonly #options: DeliverySenderOptions;
  #round: Promise<void> | undefined;
  #client: WriterConnection | undefined;
  #isClosing = false;

  constructor(options: DeliverySenderOptions) {
    this.#options = options;
  }

  /** Begins to send, unless it does already. @returns when nothing is left that is due now; it does not throw */
  send(): Promise<void> {
    if (this.#isClosing) return Promise.resolve();
    this.#round ??= this.#sendAll().finally(() => (this.#round = undefined));
    return this.#round;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    const isOver = this.#round?.then(() => true) ?? true;
    await Promise.race([isOver, sleep(closeGraceMs, false, { ref: false })]);
    if (this.#client !== undefined) destroyConnection(this.#client);
  }

  async #sendAll(): Promise<void> {
    const { connectionString, log } = this.#options;
    try {
      const client = (this.#client = await openWriterConnection(connectionString));
      while (!this.#isClosing && (await this.#sendSome(client)) > 0);
      this.#client = undefined;
      await endConnection(client);
    } catch (error) {
      if (this.#client !== undefined) destroyConnection(this.#client);
      this.#client = undefined;
      // The messages stand where they stood; the next round takes them up again.
      if (!this.#isClosing) log.warn({ err: error }, "messages cannot be sent now; tried again each round");
    }
  }

  /** @returns how many messages were claimed */
  async #sendSome(client: WriterConnection): Promise<number> {
    const { now } = this.#options;
    let claimed: ClaimedDelivery[];
    try {
      claimed = await withDeadline(client, statementDeadlineMs, () => claimDeliveries(client, now(), limits));
    } catch (error) {
      if (error instanceof DutyTakenError) return 0;
      throw error;
    }
    const sent = await Promise.allSettled(claimed.map((delivery) => this.#sendOne(client, delivery)));
    const failed = sent.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    return claimed.length;
  }

  async #sendOne(client: WriterConnection, delivery: ClaimedDelivery): Promise<void> {
    const { now, onAlarm, log } = this.#options;
    const outcome = await this.#deliver(delivery);
    const settlement = judgeDelivery(delivery, outcome, now());
    const isOurs = await withDeadline(client, statementDeadlineMs, () => settleDelivery(client, delivery, settlement));
    if (!isOurs) return;
    const { tenantId, deliveryId, target, attempts } = delivery;
    if (settlement.state === "given_up") {
      const message = `a message to "${target}" is given up: spanledger deliveries names it`;
      onAlarm("delivery_given_up", message, { tenantId, deliveryId, attempts, reason: settlement.reason });
    } else if (settlement.state === "waiting" && attempts === 1) {
      log.warn(
        { tenantId, deliveryId, target, reason: settlement.reason },
        "a message was not taken; it is sent again",
      );
    }
  }

  async #deliver({ tenantId, target: name, message }: ClaimedDelivery): Promise<DeliveryOutcome> {
    const target = this.#options.targets.find((one) => one.name === name && one.tenants.includes(tenantId));
    if (target === undefined) {
      return {
        outcome: "retry",
        reason: `This receiver's spanledger.config has no target "${name}" for "${tenantId}".`,
      };
    }
    const late = new AbortController();
    try {
      return await Promise.race([
        this.#options.deliver(target, message as Message),
        sleep(maxSendMs, { outcome: "retry", reason: `Sending took more than ${maxSendMs / 1000} s.` } as const, {
          ref: false,
          signal: late.signal,
        }),
      ]);
    } finally {
      late.abort();
    }
  }
}
