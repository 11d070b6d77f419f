import pg from "pg";
import { listNotes } from "../stats/sql/read-notes.ts";
import { deleteNote } from "../storage/notes/delete-note.ts";
import { insertNote } from "../storage/notes/insert-note.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";
import { readInstant } from "./read-instant.ts";
import { listTenants, withDatabase } from "./with-database.ts";

interface NoteOptions {
  readonly tenant?: string;
  readonly at?: string;
  readonly list?: boolean;
  readonly remove?: string;
}

const maxLength = 200;

/** `spanledger note`: says what happened at a moment, lists such notes, or removes one. */
export function runNote(text: string | undefined, options: NoteOptions): Promise<number> {
  return withDatabase(async (connectionString) => {
    const pool = new pg.Pool({ connectionString, max: 1 });
    try {
      if (options.list === true) {
        const notes = await listNotes(pool, options.tenant);
        print(
          notes
            .map(
              ({ id, tenantId, atMs, text: said }) => `${id}  ${tenantId}  ${new Date(atMs).toISOString()}  ${said}\n`,
            )
            .join(""),
        );
        return 0;
      }
      if (options.remove !== undefined) {
        const isRemoved = await deleteNote(pool, options.remove);
        print(
          isRemoved
            ? `${options.remove} is removed.\n`
            : `There is no note "${options.remove}"; \`spanledger note --list\` shows their ids.\n`,
        );
        return isRemoved ? 0 : 1;
      }
      const said = checkText(text);
      const tenant = options.tenant ?? "default";
      await listTenants(connectionString, tenant);
      const atMs =
        options.at === undefined ? Date.now() : await readInstant(connectionString, tenant, "--at", options.at);
      const id = await insertNote(pool, tenant, { atMs, text: said });
      print(
        `${new Date(atMs).toISOString()}  ${said}\nCharts by day show it; to remove it: spanledger note --remove ${id}\n`,
      );
      return 0;
    } finally {
      await pool.end();
    }
  });
}

function checkText(text: string | undefined): string {
  const said = (text ?? "").replaceAll(/\s+/g, " ").trim();
  if (said === "") {
    throw new CommandError(
      "invalid_arguments",
      'The text is missing: say what happened, e.g. spanledger note "new prompt".',
    );
  }
  if (said.length <= maxLength) return said;
  throw new CommandError("invalid_arguments", `The text has ${said.length} characters; at most ${maxLength} are kept.`);
}
