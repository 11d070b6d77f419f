import { readFile } from "node:fs/promises";

/** Users that a system may have for this purpose, the first one first. */
const preferred = ["spanledger", "postgres"];

/** An entry of /etc/passwd. */
export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The user whom the embedded PostgreSQL runs as if root starts it; undefined: the system has none for it. */
export async function findSystemUser(passwd = "/etc/passwd"): Promise<SystemUser | undefined> {
  const users = await readUsers(passwd);
  // An entry with id 0 is root under another name.
  return preferred.map((name) => users.find((user) => user.name === name && user.uid !== 0)).find((user) => user);
}

/** The name of a user id, for people; the id itself if the system has no entry for it. */
export async function nameOfUser(uid: number, passwd = "/etc/passwd"): Promise<string> {
  return (await readUsers(passwd)).find((user) => user.uid === uid)?.name ?? `user id ${uid}`;
}

/** Fields as in passwd(5): name, password, uid, gid, … A system without the file has no such user. */
async function readUsers(passwd: string): Promise<SystemUser[]> {
  const text = await readFile(passwd, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    const [name, _password, uid, gid] = line.split(":");
    return name === undefined || !/^\d+$/.test(uid ?? "") || !/^\d+$/.test(gid ?? "")
      ? []
      : [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}
