import { spawn, spawnSync, type ChildProcess } from "node:child_process";

/** As a container is started: user 1000, no rights beyond that user's, and a disk that cannot be written, /tmp neither. */
const script = `
mount --make-rprivate /
for hidden in $HIDDEN; do mount -t tmpfs -o ro,size=4k none "$hidden"; done
while read -r _ folder type _; do
  case "$type" in proc | sysfs | cgroup* | devpts) continue ;; esac
  mount -o remount,bind,ro "$folder" 2>/dev/null || :
done < /proc/self/mounts
exec env --unset=HIDDEN setpriv --reuid=1000 --regid=1000 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
`;

const wrap = (command: readonly string[]): string[] => ["--mount", "--", "sh", "-c", script, "sh", ...command];

/** Why this machine cannot restrict a process like that; undefined if it can. */
export function findExcuse(): string | undefined {
  const { status } = spawnSync("unshare", wrap(["true"]), { env: { PATH: process.env["PATH"], HIDDEN: "" } });
  return status === 0 ? undefined : "only root can take a process's disk away (unshare --mount), and here it may not";
}

export interface Restrictions {
  readonly cwd: string;
  /** All of the environment but PATH. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders that the process finds empty. */
  readonly hidden: readonly string[];
}

/** Starts a command under these restrictions. */
export function startRestricted(command: readonly string[], { cwd, env, hidden }: Restrictions): ChildProcess {
  return spawn("unshare", wrap(command), {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", HIDDEN: hidden.join(" "), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}
