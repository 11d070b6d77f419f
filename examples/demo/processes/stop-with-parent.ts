/**
 * Loaded into each process of the demo: when the demo is gone, however it went, the channel to it
 * closes, and the process stops as it would on SIGTERM. Without this a killed demo leaves orphans.
 */
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
process.channel?.unref();
