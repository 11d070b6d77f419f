import { expect } from "vitest";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import type { TestReceiver } from "../../support/start-test-receiver.ts";

type Attributes = Readonly<Record<string, string | number | boolean>>;

/** When (Shanghai, `HH:MM:SS` on 13 October 2025 unless a date stands before it), what, and its attributes. */
export type Told = readonly [at: string, name: string, attributes: Attributes];

const firstDay = "2025-10-13";

/** A tenant in Shanghai with ¥10 a manual session, whose products tell what happened; all silence up to now is an end. */
export interface Scenario {
  readonly receiver: TestReceiver;
  /** Sends events as any OpenTelemetry SDK would, in one request each call. */
  tell(...events: readonly Told[]): Promise<void>;
  /** The figures of October 2025 by key, as the API gives them, once a recount of all events says the same. */
  october(): Promise<Figures>;
}

export interface Figures {
  /** Values by key. */
  readonly of: Readonly<Record<string, number | null>>;
  /** As people read them. */
  readonly text: Readonly<Record<string, string>>;
  // The tests say what they expect of it.
  readonly document: any;
}

export async function openScenario(environment: Record<string, string> = {}): Promise<Scenario> {
  const receiver = await startTestReceiver({ BUSINESS_TIMEZONE: "Asia/Shanghai", ...environment });
  return {
    receiver,
    async tell(...events) {
      const body = tracesWith(events.map(([at, name, attributes]) => ({ name, attributes, atMs: instantOf(at) })));
      const answer = await fetch(`${receiver.url}/v1/traces`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      expect([answer.status, await answer.text()]).toEqual([200, "{}"]);
    },
    async october() {
      const { drifts, firstDrifts } = await verifyTenant(receiver.database.connectionString, "default");
      expect({ drifts, firstDrifts }).toEqual({ drifts: 0, firstDrifts: [] });
      const answer = await fetch(`${receiver.url}/api/analytics/case-study?month=2025-10&locale=en`);
      const document: any = await answer.json();
      const metrics = Object.entries<{ value: number | null; formatted: string }>(document.metrics);
      return {
        of: Object.fromEntries(metrics.map(([key, { value }]) => [key, value])),
        text: Object.fromEntries(metrics.map(([key, { formatted }]) => [key, formatted])),
        document,
      };
    },
  };
}

function instantOf(at: string): number {
  return Date.parse(`${at.includes(" ") ? at.replace(" ", "T") : `${firstDay}T${at}`}+08:00`);
}
