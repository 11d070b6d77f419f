import { buildStandInModel } from "./stand-in-model.ts";

const app = buildStandInModel({ pace: Number(process.env["THINKING_PACE"] ?? 1) });
process.once("SIGTERM", () => void app.close().then(() => process.exit(0)));
await app.listen({ host: "127.0.0.1", port: Number(process.env["PORT"]) });
