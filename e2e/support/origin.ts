import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Serves an empty page on an origin of its own, as the site of somebody else, while `use` runs. */
export async function withOrigin(use: (origin: string) => Promise<void>): Promise<void> {
  const server = createServer((_, response) => {
    response.setHeader("Content-Type", "text/html");
    response.end("<!doctype html><title>Elsewhere</title><link rel=icon href=data:,>");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}
