import { expect, test } from "vitest";
import { tracesWith } from "../../support/otlp-json.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

const eventsEach = 300;
const requests = 40;
/** So many senders at once; a chunk of memory holds the rows of one request and a bit. */
const senders = 6;

test("each row holds its own event while memory for rows is used again and again", async () => {
  const { url, database } = await startTestReceiver();
  const bodyOf = (request: number): string =>
    tracesWith(
      Array.from({ length: eventsEach }, (_, i) => {
        const n = String(request * eventsEach + i);
        const id = `00000000-0000-4000-8000-${n.padStart(12, "0")}`;
        return {
          name: "acme.event",
          attributes: { "spanledger.event.id": id, n, text: n.padStart(10, ".").repeat(40) },
        };
      }),
    );
  let next = 0;
  const send = async (): Promise<void> => {
    for (let request = next++; request < requests; request = next++) {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${url}/v1/traces`, { method: "POST", headers, body: bodyOf(request) });
      expect(answer.status).toBe(200);
    }
  };
  await Promise.all(Array.from({ length: senders }, send));
  const { rows } = await database.pool.query(`
    select count(*)::int as events, count(distinct event_data->>'n')::int as numbers,
      count(*) filter (where right(event_id::text, 12) <> lpad(event_data->>'n', 12, '0')
        or event_data->>'text' <> repeat(lpad(event_data->>'n', 10, '.'), 40))::int as mixed
    from analytics_events`);
  const events = requests * eventsEach;
  expect(rows).toEqual([{ events, numbers: events, mixed: 0 }]);
});
