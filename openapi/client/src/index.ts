export * from "./gen";
export { createClient, createConfig } from "./gen/client";
export { client } from "./gen/client.gen";
