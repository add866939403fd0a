import { Agent, request } from "node:http";
import type { Server } from "./server";

/** Puts many tiny objects, faster than the SDK signs requests. Key i is `name(i)`, its content "content of i". */
export async function flood(server: Server, bucket: string, count: number, name: (i: number) => string): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const headers = { "X-Access-Key": server.admin.accessKey, "X-Secret-Key": server.admin.secretKey };
  const put = (i: number) =>
    new Promise<void>((done, failed) => {
      const path = `/${bucket}/${name(i).split("/").map(encodeURIComponent).join("/")}`;
      const sending = request(`${server.s3}${path}`, { method: "PUT", agent, headers }, (answer) => {
        answer.resume();
        answer.on("end", () => (answer.statusCode === 200 ? done() : failed(new Error(`PUT: ${answer.statusCode}`))));
      });
      sending.on("error", failed);
      sending.end(`content of ${i}`);
    });
  let next = 0;
  const lane = async () => {
    while (next < count) await put(next++);
  };
  await Promise.all(Array.from({ length: 32 }, lane));
  agent.destroy();
}
