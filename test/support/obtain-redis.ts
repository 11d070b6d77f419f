import { obtainRedisProgram } from "../../deploy/setup/obtain-redis-server.ts";

/**
 * Vitest global setup, before any worker starts: on Debian and Ubuntu the distribution's packages are
 * unpacked into the cache, so that a plain `npm test` runs the Redis tests. Where that cannot be, those
 * tests are left out by name.
 */
export default async function setup(): Promise<void> {
  await obtainRedisProgram(() => {}).catch(() => {});
}
