import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Credentials {
  accessKey: string;
  secretKey: string;
}

/** A running myfsio with a store of its own. */
export interface Server {
  /** Origin of the console and its API, as "http://127.0.0.1:40001". */
  readonly ui: string;
  /** Origin of the S3 API. */
  readonly s3: string;
  readonly admin: Credentials;
  /** What the process has written so far. */
  log(): string;
  /** Stops the process and removes the store; rejects when the process did not end well. */
  stop(): Promise<void>;
}

const binary = process.env.MYFSIO_BIN ?? fileURLToPath(new URL("../../bin/myfsio", import.meta.url));

const START_MS = 30_000;

/** Starts the real binary on free ports in a new folder. `settings` are added to its environment. */
export async function startServer(settings: Record<string, string> = {}): Promise<Server> {
  if (!existsSync(binary)) throw new Error(`${binary} is not there; build it with "make build"`);
  const folder = await mkdtemp(join(tmpdir(), "myfsio-e2e-"));
  const admin = { accessKey: "e2e-admin", secretKey: "e2e-admin-secret-key-0001" };
  const child = spawn(binary, ["serve"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH ?? "",
      HOME: folder,
      STORAGE_ROOT: join(folder, "data"),
      LOG_DIR: join(folder, "logs"),
      APP_PORT: "0",
      UI_PORT: "0",
      ADMIN_ACCESS_KEY: admin.accessKey,
      ADMIN_SECRET_KEY: admin.secretKey,
      RATE_LIMIT_ADMIN: "none",
      RATE_LIMIT_LOGIN: "none",
      SHUTDOWN_GRACE_SECONDS: "2",
      ...settings,
    },
  });
  let written = "";
  const keep = (chunk: Buffer) => {
    written += chunk.toString();
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const ended = new Promise<number | null>((done) => child.once("exit", (code) => done(code)));
  const [ui, s3] = await addresses(child, () => written);
  return {
    ui,
    s3,
    admin,
    log: () => written,
    stop: async () => {
      child.kill("SIGTERM");
      const code = await ended;
      await rm(folder, { recursive: true, force: true });
      if (code !== 0) throw new Error(`myfsio ended with ${code}:\n${written}`);
    },
  };
}

/** Reads the addresses that the server tells once it listens. */
function addresses(child: ChildProcess, written: () => string): Promise<[ui: string, s3: string]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => give(new Error(`myfsio did not start within ${START_MS} ms:\n${written()}`)),
      START_MS,
    );
    const give = (result: Error | [string, string]) => {
      clearTimeout(timer);
      child.stdout?.off("data", look);
      child.off("exit", over);
      if (result instanceof Error) {
        child.kill("SIGKILL");
        reject(result);
      } else resolve(result);
    };
    const look = () => {
      const ui = /Console\s+(https?:\/\/\S+)\/ui/.exec(written())?.[1];
      const s3 = /S3 API\s+(https?:\/\/\S+)/.exec(written())?.[1];
      if (ui !== undefined && s3 !== undefined) give([ui, s3]);
    };
    const over = (code: number | null) => give(new Error(`myfsio ended with ${code}:\n${written()}`));
    child.stdout?.on("data", look);
    child.once("exit", over);
    look();
  });
}
