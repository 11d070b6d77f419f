/** Next.js compiles this file for its edge runtime too, hence the import behind the condition. */
export async function register() {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { startBusinessEvents } = await import("@spanledger/sdk");
    startBusinessEvents({
      httpEvents: [{ path: "/parcels/:number", event: "query.tracking", attributes: { tracking_number: ":number" } }],
    });
  }
}
