import { recordBusinessEvent } from "@spanledger/sdk";

/** Ends the server after the answer. */
export async function GET(_request, { params }) {
  const { how } = await params;
  setTimeout(() => {
    recordBusinessEvent("shop.closed");
    if (how === "exit") process.exit(3);
    throw new Error("uncaught on purpose");
  }, 50);
  return new Response("ending");
}
