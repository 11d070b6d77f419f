import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import chromium from "@sparticuz/chromium";
import { chromium as playwright } from "playwright-core";
import type { Browser } from "playwright-core";

const fonts = fileURLToPath(new URL("../../collector-receiver/fonts", import.meta.url));

/**
 * The Chromium from npm, with the Chinese font of the report beside those of the machine: it brings none
 * itself, and pages use the fonts of whoever looks at them.
 */
export async function openBrowser(): Promise<Browser & { readonly dispose: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-fonts-"));
  const config = join(folder, "fonts.conf");
  await writeFile(
    config,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts</dir><dir>${fonts}</dir><cachedir>${folder}/cache</cachedir>
<match target="pattern"><edit name="family" mode="prepend" binding="strong"><string>Noto Sans SC Thin</string></edit></match>
</fontconfig>`,
  );
  const executablePath = await chromium.executablePath();
  const browser = await playwright.launch({
    executablePath,
    // Not the package's own: its `--single-process` ends the browser with the first closed page, and
    // `--disable-web-security` would hide what a policy forbids.
    args: ["--no-sandbox", "--no-zygote", "--disable-gpu", "--font-render-hinting=none"],
    headless: true,
    env: { ...process.env, FONTCONFIG_FILE: config, FONTCONFIG_PATH: folder },
  });
  return Object.assign(browser, {
    dispose: async () => {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  });
}
