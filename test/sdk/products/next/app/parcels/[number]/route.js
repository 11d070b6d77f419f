import { businessEventsStatus, recordBusinessEvent, withBusinessContext } from "@spanledger/sdk";

/** Records an event of its own, beside the one of `httpEvents`. */
export async function GET(_request, { params }) {
  const { number } = await params;
  return withBusinessContext({ session_id: "s-1" }, async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    recordBusinessEvent("shop.asked", { number, sending: businessEventsStatus().sending });
    return new Response("found");
  });
}
