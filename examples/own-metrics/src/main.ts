import { startBusinessEvents } from "@spanledger/sdk";
import closeWithGrace from "close-with-grace";
import { buildBookings } from "./app.ts";

const events = startBusinessEvents({ serviceName: "bookings" });
const app = buildBookings(true);

closeWithGrace({ delay: 12_000, logger: app.log }, async () => {
  await app.close();
  await events.shutdown();
});
await app.listen({ host: process.env["HOST"] ?? "127.0.0.1", port: Number(process.env["PORT"] ?? 8002) });
