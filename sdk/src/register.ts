/**
 * `node --import @spanledger/sdk/register product.js`: starts telemetry, as the environment says,
 * before the product's first module is loaded.
 */
import { startTelemetry } from "./telemetry.ts";

await startTelemetry();
