import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const backend = process.env.MYFSIO_CONSOLE ?? "http://127.0.0.1:5100";

export default defineConfig({
  base: "/ui/",
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    port: 5173,
    // The server compares Origin with Host on writes, so the development server passes both on as the browser sent them.
    proxy: { "/myfsio": { target: backend, changeOrigin: false } },
  },
  build: {
    outDir: "../backend/internal/webui/dist",
    emptyOutDir: true,
    target: "es2022",
    // One file per first load beats a dozen small ones; only what a route or dialog adds is split off.
    chunkSizeWarningLimit: 900,
    manifest: "manifest.json",
  },
  test: { environment: "jsdom", setupFiles: ["src/test/setup.ts"], css: false, testTimeout: 30_000 },
});
