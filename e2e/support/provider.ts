import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const binary = process.env.IDP_BIN ?? fileURLToPath(new URL("../../bin/idp", import.meta.url));

/** A running provider of identities. */
export interface Provider {
  readonly issuer: string;
  /** The settings of a server whose people sign in there. */
  readonly settings: Record<string, string>;
  stop(): Promise<void>;
}

/** Starts the provider of the tests on a free port. It knows Ann, of the group staff, and Root, of admins. */
export async function startProvider(): Promise<Provider> {
  if (!existsSync(binary)) throw new Error(`${binary} is not there; build it with "make bin/idp"`);
  const child = spawn(binary, [], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const issuer = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once("exit", (code) => reject(new Error(`the provider ended with ${code}`)));
  });
  return {
    issuer,
    settings: {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: "myfsio",
      OIDC_CLIENT_SECRET: "the secret of the client",
      OIDC_NAME: "Example ID",
      OIDC_SCOPES: "openid,profile,groups",
      OIDC_GRANTS: "staff=policy:AmazonS3ReadOnlyAccess; admins=policy:AdministratorAccess",
      OUTBOUND_ALLOW: "127.0.0.1",
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
