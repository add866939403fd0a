import { expect, test } from "vitest";
import { Problem } from "@/lib/http/problem";
import { Batch, UploadQueue } from "./queue";
import type { Source, Target, Transport } from "./transport";

const file = (size: number): Source => ({
  size,
  type: "text/plain",
  slice: (a, b) => new Blob([new Uint8Array(b - a)]),
});

/** A store in memory that answers each request when the test says so, or at once. */
class Store implements Transport {
  readonly keys = new Map<string, number>();
  readonly uploads = new Map<string, Map<number, number>>();
  readonly requests: string[] = [];
  /** Refusals to give, by request name, first come first. */
  readonly refusals: { request: string; problem: Problem }[] = [];
  flying = 0;
  peak = 0;
  gate: Promise<void> | undefined;

  async #enter(request: string, signal?: AbortSignal): Promise<void> {
    this.requests.push(request);
    this.flying += 1;
    this.peak = Math.max(this.peak, this.flying);
    try {
      await (this.gate ?? Promise.resolve());
      signal?.throwIfAborted();
      const i = this.refusals.findIndex((r) => request.startsWith(r.request));
      if (i >= 0) throw (this.refusals.splice(i, 1)[0] as { problem: Problem }).problem;
    } finally {
      this.flying -= 1;
    }
  }

  async anyUnder(_: string, prefix: string) {
    await this.#enter(`any ${prefix}`);
    return [...this.keys.keys()].some((k) => k.startsWith(prefix));
  }
  async exists(target: Target, signal: AbortSignal) {
    await this.#enter(`exists ${target.key}`, signal);
    return this.keys.has(target.key);
  }
  async put(target: Target, source: Source, fresh: boolean, sent: (n: number) => void, signal: AbortSignal) {
    await this.#enter(`put ${target.key}`, signal);
    if (fresh && this.keys.has(target.key)) throw new Problem({ status: 412, code: "PreconditionFailed" });
    sent(source.size);
    this.keys.set(target.key, source.size);
  }
  async begin(target: Target, _: Source, signal: AbortSignal) {
    await this.#enter(`begin ${target.key}`, signal);
    const uploadId = `u${this.uploads.size}`;
    this.uploads.set(uploadId, new Map());
    return { uploadId, partSize: 10 };
  }
  async part(_t: Target, uploadId: string, n: number, body: Blob, sent: (n: number) => void, signal: AbortSignal) {
    await this.#enter(`part ${n}`, signal);
    sent(body.size);
    this.uploads.get(uploadId)?.set(n, body.size);
    return `etag-${n}`;
  }
  async complete(target: Target, uploadId: string, etags: string[], fresh: boolean, signal: AbortSignal) {
    await this.#enter(`complete ${target.key}`, signal);
    if (fresh && this.keys.has(target.key)) throw new Problem({ status: 412, code: "PreconditionFailed" });
    const parts = this.uploads.get(uploadId) as Map<number, number>;
    expect(etags).toEqual([...parts.keys()].sort((a, b) => a - b).map((n) => `etag-${n}`));
    this.keys.set(
      target.key,
      [...parts.values()].reduce((a, b) => a + b, 0),
    );
    this.uploads.delete(uploadId);
  }
  async abort(_: Target, uploadId: string) {
    this.requests.push(`abort ${uploadId}`);
    this.uploads.delete(uploadId);
  }
}

function setUp(options: { partsFrom?: number; lanes?: number } = {}) {
  const store = new Store();
  let time = 0;
  const timers: { at: number; fn: () => void }[] = [];
  const uploaded: string[] = [];
  let signedOut = 0;
  const queue = new UploadQueue({
    transport: store,
    now: () => time,
    later: (fn, ms) => {
      const timer = { at: time + ms, fn };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer) >>> 0, 1);
    },
    uploaded: (target) => uploaded.push(target.key),
    signedOut: () => {
      signedOut += 1;
    },
    ...options,
  });
  /** Lets promises run, then time pass, until nothing more happens. */
  const settle = async () => {
    for (let idle = 0; idle < 3; ) {
      for (let i = 0; i < 50; i += 1) await Promise.resolve();
      const due = timers.sort((a, b) => a.at - b.at).shift();
      if (due === undefined) idle += 1;
      else {
        idle = 0;
        time = Math.max(time, due.at);
        due.fn();
      }
    }
  };
  const breathe = async () => {
    for (let i = 0; i < 200; i += 1) await Promise.resolve();
  };
  return {
    store,
    queue,
    settle,
    breathe,
    uploaded,
    signedOut: () => signedOut,
    pass: (ms: number) => {
      time += ms;
    },
  };
}

const files = (...paths: string[]) => paths.map((path) => ({ path, source: file(5) }));
const closed = () => {
  let open = () => {};
  const gate = new Promise<void>((go) => {
    open = go;
  });
  return { gate, open };
};

test("uploads what is added, some at a time, and counts it", async () => {
  const { store, queue, settle, uploaded } = setUp({ lanes: 2 });
  queue.add(new Batch("b", "in/"), files("1", "2", "3", "4", "5"));
  expect(queue.open).toBe(5);
  await settle();
  expect([...store.keys.keys()]).toEqual(["in/1", "in/2", "in/3", "in/4", "in/5"]);
  expect(store.peak).toBe(2);
  expect(queue.counts.done).toBe(5);
  expect(queue.open).toBe(0);
  expect(queue.progress).toEqual({ sent: 25, total: 25 });
  expect(uploaded).toHaveLength(5);
});

test("queues twenty thousand files at once, and sends them all", async () => {
  const { store, queue, settle } = setUp();
  let told = 0;
  queue.subscribe(() => {
    told += 1;
  });
  const many = Array.from({ length: 20_000 }, (_, i) => ({ path: `d${i % 100}/f${i}`, source: file(1) }));
  const began = performance.now();
  queue.add(new Batch("b", ""), many);
  expect(performance.now() - began).toBeLessThan(200);
  expect(told).toBe(0);
  await settle();
  expect(store.keys.size).toBe(20_000);
  // One look at each of the hundred folders; none for a file, as the folders are new.
  expect(store.requests.filter((r) => r.startsWith("any"))).toHaveLength(100);
  expect(store.requests.filter((r) => r.startsWith("exists"))).toHaveLength(0);
}, 30_000);

test("asks once for all taken keys of a batch", async () => {
  const { store, queue, settle } = setUp();
  store.keys.set("1", 0).set("3", 0);
  const batch = new Batch("b", "");
  queue.add(batch, files("1", "2", "3"));
  await settle();
  expect(queue.counts).toMatchObject({ asking: 2, done: 1 });
  expect(queue.question?.key).toBe("1");
  expect(queue.asking(batch)).toBe(2);

  queue.answer(batch, "keep");
  await settle();
  expect([...store.keys.keys()].sort()).toEqual(["1", "1 (2)", "2", "3", "3 (2)"]);

  queue.add(batch, files("1"));
  await settle();
  expect(queue.counts.asking).toBe(0);
  expect(store.keys.has("1 (3)")).toBe(true);
});

test("skips or replaces as told", async () => {
  const { store, queue, settle } = setUp();
  store.keys.set("a", 1).set("b", 1);
  const skip = new Batch("b", "");
  queue.add(skip, files("a"));
  await settle();
  queue.answer(skip, "skip");
  await settle();
  expect(store.keys.get("a")).toBe(1);
  expect(queue.counts.skipped).toBe(1);
  expect(queue.progress).toEqual({ sent: 0, total: 0 });

  const replace = new Batch("b", "");
  queue.add(replace, files("b"));
  await settle();
  queue.answer(replace, "replace");
  await settle();
  expect(store.keys.get("b")).toBe(5);
});

test("a key taken between the look and the upload is asked about as well", async () => {
  const { store, queue, settle } = setUp();
  store.refusals.push({ request: "put x", problem: new Problem({ status: 412, code: "PreconditionFailed" }) });
  const batch = new Batch("b", "");
  queue.add(batch, files("x"));
  await settle();
  expect(queue.counts.asking).toBe(1);
  queue.answer(batch, "replace");
  await settle();
  expect(queue.counts.done).toBe(1);
});

test("large files go up in parallel parts; the progress is that of the parts", async () => {
  const { store, queue, settle } = setUp({ partsFrom: 20, lanes: 3 });
  queue.add(new Batch("b", ""), [{ path: "big", source: file(45) }]);
  await settle();
  expect(store.keys.get("big")).toBe(45);
  expect(store.requests.filter((r) => r.startsWith("part"))).toHaveLength(5);
  expect(store.peak).toBe(3);
  expect(queue.progress).toEqual({ sent: 45, total: 45 });
});

test("a pause keeps the parts that the server has", async () => {
  const { store, queue, settle, breathe } = setUp({ partsFrom: 20, lanes: 2 });
  queue.add(new Batch("b", ""), [{ path: "big", source: file(45) }]);
  while (store.requests.filter((r) => r.startsWith("part")).length < 3) await Promise.resolve();
  const u = queue.uploads[0];
  if (u === undefined) throw new Error("no upload");
  queue.pause(u);
  await breathe();
  expect(u.phase).toBe("paused");
  const before = u.sent;
  expect(before).toBeGreaterThan(0);
  queue.resume(u);
  await settle();
  expect(store.keys.get("big")).toBe(45);
  const parts = store.requests.filter((r) => r.startsWith("part"));
  expect(parts.length).toBeLessThan(8);
  expect(store.requests.filter((r) => r.startsWith("begin"))).toHaveLength(1);
});

test("cancel stops the requests and has the server forget the parts", async () => {
  const { store, queue, settle } = setUp({ partsFrom: 20, lanes: 2 });
  queue.add(new Batch("b", ""), [{ path: "big", source: file(45) }, ...files("small")]);
  while (!store.requests.includes("part 2")) await Promise.resolve();
  const u = queue.uploads[0];
  if (u === undefined) throw new Error("no upload");
  queue.cancel(u);
  await settle();
  expect(store.requests).toContain("abort u0");
  expect(store.keys.has("big")).toBe(false);
  expect(store.keys.has("small")).toBe(true);
  expect(queue.progress).toEqual({ sent: 5, total: 5 });
});

test("cancel of all begins nothing new", async () => {
  const { store, queue, settle } = setUp({ lanes: 1 });
  const { gate, open } = closed();
  store.gate = gate;
  queue.add(new Batch("b", ""), files("1", "2", "3"));
  queue.cancelAll();
  open();
  await settle();
  expect(queue.counts.canceled).toBe(3);
  expect(store.keys.size).toBe(0);
  queue.add(new Batch("b", ""), files("4"));
  await settle();
  expect(store.keys.has("4")).toBe(true);
});

test("passing failures are tried again with growing pauses, others are not", async () => {
  const { store, queue, settle } = setUp();
  for (let i = 0; i < 3; i += 1)
    store.refusals.push({ request: "put a", problem: new Problem({ status: 503, code: "SlowDown" }) });
  store.refusals.push({ request: "put b", problem: new Problem({ status: 403, code: "AccessDenied" }) });
  queue.add(new Batch("b", ""), files("a", "b"));
  await settle();
  expect(store.keys.has("a")).toBe(true);
  expect(queue.counts).toMatchObject({ done: 1, failed: 1 });
  expect(queue.uploads[1]?.problem?.code).toBe("AccessDenied");
  queue.retryAll();
  await settle();
  expect(queue.counts).toMatchObject({ done: 2, failed: 0 });
});

test("a retry of failed parts sends only what is missing", async () => {
  const { store, queue, settle } = setUp({ partsFrom: 20, lanes: 1 });
  store.refusals.push({ request: "part 3", problem: new Problem({ status: 403, code: "AccessDenied" }) });
  queue.add(new Batch("b", ""), [{ path: "big", source: file(45) }]);
  await settle();
  expect(queue.counts.failed).toBe(1);
  expect(queue.progress.sent).toBe(20);
  queue.retryAll();
  await settle();
  expect(store.keys.get("big")).toBe(45);
  expect(store.requests.filter((r) => r === "part 1")).toHaveLength(1);
});

test("an ended session holds the queue until somebody signs in", async () => {
  const { store, queue, settle, signedOut } = setUp({ lanes: 1 });
  store.refusals.push({ request: "put 2", problem: new Problem({ status: 401 }) });
  queue.add(new Batch("b", ""), files("1", "2", "3"));
  await settle();
  expect(signedOut()).toBe(1);
  expect([...store.keys.keys()]).toEqual(["1"]);
  queue.wake();
  await settle();
  expect([...store.keys.keys()].sort()).toEqual(["1", "2", "3"]);
});

test("pausing all and resuming loses nothing", async () => {
  const { store, queue, settle, breathe } = setUp({ lanes: 2 });
  const { gate, open } = closed();
  store.gate = gate;
  queue.add(new Batch("b", ""), files("1", "2", "3", "4"));
  queue.pauseAll();
  open();
  store.gate = undefined;
  await breathe();
  expect(store.keys.size).toBe(0);
  expect(queue.held).toBe(true);
  queue.resumeAll();
  await settle();
  expect(store.keys.size).toBe(4);
});

test("clearing forgets what is over and keeps what is not", async () => {
  const { store, queue, settle } = setUp();
  store.keys.set("taken", 1);
  queue.add(new Batch("b", ""), files("1", "taken"));
  await settle();
  queue.clear();
  expect(queue.uploads.map((u) => u.key)).toEqual(["taken"]);
  expect(queue.progress.total).toBe(5);
  queue.add(new Batch("b", ""), files("2"));
  await settle();
  expect(queue.counts).toMatchObject({ asking: 1, done: 1 });
});

test("speed is that of the last seconds", () => {
  const { queue, pass } = setUp();
  queue.pauseAll();
  expect(queue.speed).toBe(0);
  pass(1000);
  expect(queue.speed).toBe(0);
});
