import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { configFileNames, findDefinitionsFile } from "../catalogue/load-definitions.ts";
import { packageName, packageVersion, templatesFolder } from "../package-root.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";

/** Every name under which Docker Compose looks for its file. */
const composeFileNames = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

const nextSteps = `
Start the receiver here, with a PostgreSQL of its own in .spanledger/:
  npx -p ${packageName} spanledger start
or in containers, which compose.yaml describes:
  docker compose up --detach --wait
Your editor checks the config once the package is installed: npm install --save-dev ${packageName}
`;

/**
 * `spanledger init`: writes a config with events and metrics of your own, and a compose file with the receiver and its
 * PostgreSQL. A file that is there stays as it is.
 * @throws CommandError `folder_not_writable`
 */
export async function runInit(folder = process.cwd()): Promise<number> {
  const found = findDefinitionsFile(undefined, folder);
  const config = found === null ? configFileNames[0]! : basename(found);
  const compose = composeFileNames.find((name) => existsSync(join(folder, name))) ?? composeFileNames[0]!;
  await writeUnlessThere(folder, config, "spanledger.config.mts", "events and metrics of your own");
  await writeUnlessThere(folder, compose, "compose.yaml", "the receiver and its PostgreSQL, for Docker Compose", {
    SPANLEDGER_VERSION: packageVersion,
    SPANLEDGER_CONFIG_FILE: config,
  });
  print(nextSteps);
  return 0;
}

async function writeUnlessThere(
  folder: string,
  name: string,
  template: string,
  meaning: string,
  values: Readonly<Record<string, string>> = {},
): Promise<void> {
  let text = await readFile(join(templatesFolder, template), "utf8");
  for (const [placeholder, value] of Object.entries(values)) text = text.replaceAll(placeholder, value);
  try {
    await writeFile(join(folder, name), text, { flag: "wx" });
    print(`wrote ${name}: ${meaning}\n`);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST") {
      throw new CommandError(
        "folder_not_writable",
        `cannot write ${name} in ${folder} (${message}). Run it in a folder that you may write to.`,
      );
    }
    print(`kept ${name}, which was there already\n`);
  }
}
