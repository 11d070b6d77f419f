import { createHash } from "node:crypto";

/**
 * Replaces a hash by absolute values, as one step.
 *
 * KEYS[1] the hash; ARGV[1] the revision of the values; ARGV[2] expiry in ms; ARGV[3] the revision that
 * the hash has to have now, or "" for any older one; from ARGV[4] on, fields and values.
 *
 * An older revision never overwrites a newer one. With ARGV[3] it may (a database restored from a
 * backup counts anew from lower revisions), but only if nobody has written since it was read.
 * A key that is not a hash, or has no revision, is not ours and gives way. Nothing is deleted that is not there:
 * after any deletion Redis lets a script go over `maxmemory`, and a new hash may not.
 */
const source = `
local held = redis.pcall('HGET', KEYS[1], 'revision')
if type(held) ~= 'string' then held = '' end
if ARGV[3] ~= '' then
  if held ~= '' and held ~= ARGV[3] then return 0 end
elseif held ~= '' and (tonumber(held) or -1) > tonumber(ARGV[1]) then
  return 0
end
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('DEL', KEYS[1]) end
redis.call('HSET', KEYS[1], 'revision', ARGV[1], unpack(ARGV, 4))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`;

export const writeHashScript = { source, sha1: createHash("sha1").update(source).digest("hex") } as const;
