import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { defineConfig } from "@playwright/test";

// Which Node runs the tests is not the SDK's business.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

/** A Chromium that is there already; without one Playwright looks for its own. */
const found = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
].find((path) => path && existsSync(path));

export default defineConfig({
  testDir: "tests",
  outputDir: "out/results",
  // Each worker has a browser and a server of its own.
  workers: cpus().length,
  fullyParallel: false,
  // What measures time runs alone, in the end.
  projects: [
    { name: "console", testIgnore: "speed/**" },
    { name: "speed", testMatch: "speed/**", dependencies: ["console"], workers: 1 },
  ],
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: true, sources: false },
    viewport: { width: 1280, height: 800 },
    locale: "en-US",
    timezoneId: "UTC",
    colorScheme: "light",
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: {
      ...(found ? { executablePath: found } : {}),
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
