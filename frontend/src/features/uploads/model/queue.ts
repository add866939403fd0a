import { asProblem, type Problem } from "@/lib/http/problem";
import { foldersOf, numbered } from "./naming";
import type { Source, Target, Transport } from "./transport";

/**
 * waiting → sending → done, or one of: asking (the key is taken and nobody has said what to do), paused, skipped,
 * failed, canceled. Paused and failed uploads keep the parts that the server has.
 */
export type Phase = "waiting" | "sending" | "asking" | "paused" | "done" | "skipped" | "failed" | "canceled";
const PHASES: readonly Phase[] = ["waiting", "sending", "asking", "paused", "done", "skipped", "failed", "canceled"];

/** What to do with a file whose key is taken. */
export type Answer = "skip" | "replace" | "keep";

export interface Upload {
  readonly id: number;
  readonly batch: Batch;
  /** The key as the person's files gave it. */
  readonly wanted: string;
  /** The key it goes to: the wanted one, or with a number when both are kept. */
  key: string;
  readonly source: Source;
  readonly size: number;
  phase: Phase;
  /** Bytes that went out and count; falls back when a request is repeated. */
  sent: number;
  problem: Problem | undefined;
  /** Only of uploads in parts. */
  parts: Parts | undefined;
}

interface Parts {
  readonly uploadId: string;
  readonly size: number;
  readonly etags: (string | undefined)[];
  /** Bytes of parts under way, by part number less one. */
  readonly flying: Map<number, number>;
  next: number;
}

/** Files that were dropped or chosen together: one answer about taken keys holds for all of them. */
export class Batch {
  answer: Answer | undefined;
  /** Folders known to have held nothing when the batch began: no key below them is taken. */
  readonly bare = new Map<string, Promise<boolean>>();

  constructor(
    readonly bucket: string,
    /** The folder that the files go to: "" or "a/b/". */
    readonly prefix: string,
  ) {}
}

export interface QueueOptions {
  transport: Transport;
  /** Milliseconds, monotonic. */
  now: () => number;
  /** Runs `fn` after `ms`; the result cancels. */
  later: (fn: () => void, ms: number) => () => void;
  /** Requests at once. Browsers open six connections to a host; two stay free for the pages. */
  lanes?: number;
  /** Files from this size on go up in parts, in bytes. */
  partsFrom?: number;
  uploaded?: (target: Target) => void;
  /** The session has ended: nothing is sent until `wake`. */
  signedOut?: () => void;
}

const RETRIES = 3;
const SPEED_WINDOW_MS = 4000;

/**
 * Uploads, many at once. A plain state machine over a transport: no browser, no framework, clock and timers are given.
 * Adding costs the same whatever is queued already, counts are kept and never recounted, and listeners hear of changes
 * at most ten times a second, so that twenty thousand files do not freeze the page.
 */
export class UploadQueue {
  readonly #o: Required<Omit<QueueOptions, "uploaded" | "signedOut">> & QueueOptions;
  readonly #all: Upload[] = [];
  #ids = 0;
  /** Uploads whose turn comes before the next new one: resumed, retried, answered. */
  readonly #again: Upload[] = [];
  /** Index of the first upload that never had its turn. */
  #fresh = 0;
  readonly #running = new Map<Upload, AbortController>();
  #lanes = 0;
  #counts: Record<Phase, number> = {
    waiting: 0,
    sending: 0,
    asking: 0,
    paused: 0,
    done: 0,
    skipped: 0,
    failed: 0,
    canceled: 0,
  };
  #bytes = 0;
  #sent = 0;
  #held = false;
  #asleep = false;
  readonly #samples: { at: number; sent: number }[] = [];
  #version = 0;
  #told = false;
  readonly #listeners = new Set<() => void>();

  constructor(options: QueueOptions) {
    this.#o = { lanes: 4, partsFrom: 32 * 1024 * 1024, ...options };
  }

  // --- what the tray shows -------------------------------------------------------------------------------------------

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  /** Grows with each change that listeners were told of. */
  readonly version = (): number => this.#version;

  get uploads(): readonly Upload[] {
    return this.#all;
  }
  get counts(): Readonly<Record<Phase, number>> {
    return this.#counts;
  }
  /** Uploads that are not over yet. */
  get open(): number {
    return this.#counts.waiting + this.#counts.sending + this.#counts.asking + this.#counts.paused;
  }
  /** Whether everything is paused. */
  get held(): boolean {
    return this.#held;
  }
  /** Bytes of all uploads that were not skipped or canceled, and how many of them have gone out. */
  get progress(): { sent: number; total: number } {
    return { sent: this.#sent, total: this.#bytes };
  }
  /** Bytes per second over the last few seconds. */
  get speed(): number {
    const now = this.#o.now();
    const first = this.#samples.find((s) => now - s.at <= SPEED_WINDOW_MS);
    if (first === undefined || now - first.at < 250) return 0;
    return Math.max(0, ((this.#sent - first.sent) * 1000) / (now - first.at));
  }
  /** The first upload that waits for an answer about its taken key, if one does. */
  get question(): Upload | undefined {
    return this.#counts.asking === 0 ? undefined : this.#all.find((u) => u.phase === "asking");
  }
  /** Uploads of the batch that wait for the answer. */
  asking(batch: Batch): number {
    return this.#all.reduce((n, u) => n + (u.phase === "asking" && u.batch === batch ? 1 : 0), 0);
  }

  // --- what a person does --------------------------------------------------------------------------------------------

  /** Queues files; `path` is relative to the batch's folder. May be called many times for one batch. */
  add(batch: Batch, files: readonly { path: string; source: Source }[]): void {
    for (const { path, source } of files) {
      this.#all.push({
        id: this.#ids++,
        batch,
        wanted: batch.prefix + path,
        key: batch.prefix + path,
        source,
        size: source.size,
        phase: "waiting",
        sent: 0,
        problem: undefined,
        parts: undefined,
      });
      this.#counts.waiting += 1;
      this.#bytes += source.size;
    }
    this.#pump();
    this.#changed();
  }

  pause(u: Upload): void {
    if (u.phase !== "waiting" && u.phase !== "sending") return;
    this.#enter(u, "paused");
    this.#stop(u);
    this.#pump();
  }

  resume(u: Upload): void {
    if (u.phase === "paused") this.#requeue(u);
  }

  retry(u: Upload): void {
    if (u.phase === "failed") this.#requeue(u);
  }

  cancel(u: Upload): void {
    if (u.phase === "done" || u.phase === "skipped" || u.phase === "canceled") return;
    this.#leave(u, "canceled");
    this.#stop(u);
    this.#drop(u);
    this.#pump();
  }

  pauseAll(): void {
    this.#held = true;
    this.#recall();
  }

  /** Sends nothing until `wake`: the network is gone. What was under way begins again then. */
  sleep(): void {
    this.#asleep = true;
    this.#recall();
  }

  #recall(): void {
    for (const u of [...this.#running.keys()]) {
      this.#enter(u, "waiting");
      this.#stop(u);
      this.#again.push(u);
    }
    this.#changed();
  }

  resumeAll(): void {
    this.#held = false;
    for (const u of this.#all) if (u.phase === "paused") this.#requeue(u);
    this.#pump();
    this.#changed();
  }

  cancelAll(): void {
    this.#held = true;
    for (const u of this.#all) if (u.phase !== "failed") this.cancel(u);
    this.#held = false;
  }

  retryAll(): void {
    for (const u of this.#all) this.retry(u);
  }

  /** Forgets what is over: done, skipped, canceled and failed. */
  clear(): void {
    for (const u of this.#all) if (u.phase === "failed") this.cancel(u);
    const open = this.#all.filter(
      (u) => u.phase === "waiting" || u.phase === "sending" || u.phase === "asking" || u.phase === "paused",
    );
    // What had its turn stays in front of what had not, so the index of the first fresh one is the number of the former.
    const turned = this.#all.slice(0, this.#fresh);
    const before = new Set(turned);
    this.#fresh = open.filter((u) => before.has(u)).length;
    this.#all.length = 0;
    this.#all.push(...open);
    for (const phase of PHASES) this.#counts[phase] = 0;
    this.#bytes = 0;
    this.#sent = 0;
    for (const u of open) {
      this.#counts[u.phase] += 1;
      this.#bytes += u.size;
      this.#sent += u.sent;
    }
    this.#samples.length = 0;
    this.#changed();
  }

  /** What to do with the batch's taken keys: those found so far and all that follow. */
  answer(batch: Batch, answer: Answer): void {
    batch.answer = answer;
    for (const u of this.#all) {
      if (u.phase !== "asking" || u.batch !== batch) continue;
      // Parts belong to their key; only a replacement still has a use for them.
      if (answer !== "replace") this.#drop(u);
      if (answer === "skip") this.#leave(u, "skipped");
      else this.#requeue(u);
    }
    this.#pump();
    this.#changed();
  }

  /** Goes on after `signedOut`, or after the network came back. */
  wake(): void {
    this.#asleep = false;
    this.#pump();
    this.#changed();
  }

  // --- running -------------------------------------------------------------------------------------------------------

  #requeue(u: Upload): void {
    u.problem = undefined;
    this.#enter(u, "waiting");
    this.#again.push(u);
    this.#pump();
  }

  #next(): Upload | undefined {
    while (this.#again.length > 0) {
      const u = this.#again.shift() as Upload;
      if (u.phase === "waiting" && !this.#running.has(u)) return u;
    }
    while (this.#fresh < this.#all.length) {
      const u = this.#all[this.#fresh] as Upload;
      this.#fresh += 1;
      if (u.phase === "waiting" && !this.#running.has(u)) return u;
    }
    return undefined;
  }

  #pump(): void {
    while (!this.#held && !this.#asleep && this.#lanes < this.#o.lanes) {
      const begun = this.#nextPart();
      if (begun !== undefined) {
        this.#lane(this.#sendPart(begun.u, begun.parts, begun.index, begun.signal));
        continue;
      }
      const u = this.#next();
      if (u === undefined) return;
      const controller = new AbortController();
      this.#running.set(u, controller);
      this.#enter(u, "sending");
      this.#lane(this.#run(u, controller.signal));
    }
  }

  #lane(work: Promise<void>): void {
    this.#lanes += 1;
    void work.finally(() => {
      this.#lanes -= 1;
      this.#pump();
    });
  }

  async #run(u: Upload, signal: AbortSignal): Promise<void> {
    const { transport } = this.#o;
    try {
      if (u.parts === undefined && !(await this.#settleName(u, signal))) return;
      const fresh = u.batch.answer !== "replace";
      if (u.parts === undefined && u.size < this.#o.partsFrom) {
        await this.#patiently(signal, () =>
          transport.put(at(u), u.source, fresh, (n) => signal.aborted || this.#progress(u, n), signal),
        );
        this.#finish(u, signal);
        return;
      }
      if (u.parts === undefined) {
        const begun = await this.#patiently(signal, () => transport.begin(at(u), u.source, signal));
        const count = Math.max(1, Math.ceil(u.size / begun.partSize));
        u.parts = {
          uploadId: begun.uploadId,
          size: begun.partSize,
          etags: Array(count).fill(undefined),
          flying: new Map(),
          next: 0,
        };
        if (signal.aborted) {
          // Canceled while the server began it: nobody else knows this upload.
          if (u.phase === "canceled") this.#drop(u);
          return;
        }
      } else {
        u.parts.next = 0;
        u.parts.flying.clear();
        this.#progress(u, partsSent(u, u.parts));
        // All parts may be there already, when only the completion failed.
        if (u.parts.etags.every((e) => e !== undefined)) await this.#complete(u, u.parts, signal);
      }
      // The parts take the lanes now, this one's included.
    } catch (thrown) {
      this.#fail(u, signal, thrown);
    }
  }

  /** Finds out whether the key is taken and acts on the answer. False: the upload does not go on now. */
  async #settleName(u: Upload, signal: AbortSignal): Promise<boolean> {
    const { batch } = u;
    if (batch.answer === "replace") return true;
    if (!(await this.#taken(u, u.key, signal))) return true;
    if (signal.aborted) return false;
    return this.#conflict(u, signal);
  }

  async #conflict(u: Upload, signal: AbortSignal): Promise<boolean> {
    // Read again: the answer may have come while the question was on its way.
    const answer = u.batch.answer;
    if (answer === "replace") return true;
    if (answer === "keep") {
      for (let n = 2; ; n += 1) {
        const key = numbered(u.wanted, n);
        if (await this.#o.transport.exists({ bucket: u.batch.bucket, key }, signal)) continue;
        u.key = key;
        return !signal.aborted;
      }
    }
    this.#running.delete(u);
    if (answer === "skip") this.#leave(u, "skipped");
    else this.#enter(u, "asking");
    return false;
  }

  async #taken(u: Upload, key: string, signal: AbortSignal): Promise<boolean> {
    const { batch } = u;
    for (const folder of foldersOf(key, batch.prefix)) {
      let bare = batch.bare.get(folder);
      if (bare === undefined) {
        // Shared by all files of the folder, so it must outlive this file's own cancellation.
        bare = this.#o.transport.anyUnder(batch.bucket, folder, new AbortController().signal).then((any) => !any);
        batch.bare.set(folder, bare);
        bare.catch(() => batch.bare.delete(folder));
      }
      if (await bare) return false;
    }
    return this.#patiently(signal, () => this.#o.transport.exists({ bucket: batch.bucket, key }, signal));
  }

  #nextPart(): { u: Upload; parts: Parts; index: number; signal: AbortSignal } | undefined {
    for (const [u, controller] of this.#running) {
      const parts = u.parts;
      if (parts === undefined || u.phase !== "sending") continue;
      while (parts.next < parts.etags.length && parts.etags[parts.next] !== undefined) parts.next += 1;
      if (parts.next >= parts.etags.length) continue;
      const index = parts.next;
      parts.next += 1;
      parts.flying.set(index, 0);
      return { u, parts, index, signal: controller.signal };
    }
    return undefined;
  }

  async #sendPart(u: Upload, parts: Parts, index: number, signal: AbortSignal): Promise<void> {
    const start = index * parts.size;
    const body = u.source.slice(start, Math.min(u.size, start + parts.size));
    try {
      const etag = await this.#patiently(signal, () =>
        this.#o.transport.part(
          at(u),
          parts.uploadId,
          index + 1,
          body,
          (n) => {
            if (signal.aborted) return;
            parts.flying.set(index, n);
            this.#progress(u, partsSent(u, parts));
          },
          signal,
        ),
      );
      parts.etags[index] = etag;
      if (signal.aborted) return;
      parts.flying.delete(index);
      this.#progress(u, partsSent(u, parts));
      if (parts.etags.every((e) => e !== undefined)) await this.#complete(u, parts, signal);
    } catch (thrown) {
      this.#fail(u, signal, thrown);
    }
  }

  async #complete(u: Upload, parts: Parts, signal: AbortSignal): Promise<void> {
    const fresh = u.batch.answer !== "replace";
    await this.#patiently(signal, () =>
      this.#o.transport.complete(at(u), parts.uploadId, parts.etags as string[], fresh, signal),
    );
    this.#finish(u, signal);
  }

  /** Runs a request again after passing failures: 1, 2 and 4 seconds later. */
  async #patiently<R>(signal: AbortSignal, request: () => Promise<R>): Promise<R> {
    for (let tried = 0; ; tried += 1) {
      try {
        return await request();
      } catch (thrown) {
        if (signal.aborted || tried >= RETRIES || !asProblem(thrown).passing) throw thrown;
        await new Promise<void>((go) => {
          const forget = this.#o.later(go, 1000 * 2 ** tried);
          signal.addEventListener(
            "abort",
            () => {
              forget();
              go();
            },
            { once: true },
          );
        });
        if (signal.aborted) throw thrown;
      }
    }
  }

  #finish(u: Upload, signal: AbortSignal): void {
    // Once the server has it, it is done, even if a pause came a moment earlier.
    if (signal.aborted && u.phase === "canceled") return;
    this.#running.delete(u);
    this.#progress(u, u.size);
    u.parts = undefined;
    this.#enter(u, "done");
    this.#o.uploaded?.(at(u));
  }

  #fail(u: Upload, signal: AbortSignal, thrown: unknown): void {
    if (signal.aborted || u.phase !== "sending") return;
    const problem = asProblem(thrown);
    this.#stop(u);
    if (problem.status === 401) {
      this.#asleep = true;
      this.#enter(u, "waiting");
      this.#again.push(u);
      this.#o.signedOut?.();
      return;
    }
    if (problem.status === 404 && problem.code === "NoSuchUpload") u.parts = undefined;
    if (problem.status === 412) {
      // Taken since we looked, or by a race with another writer.
      u.batch.bare.clear();
      if (u.batch.answer === undefined) {
        this.#enter(u, "asking");
        return;
      }
      if (u.batch.answer !== "replace") this.#drop(u);
      if (u.batch.answer === "skip") this.#leave(u, "skipped");
      else this.#requeue(u);
      return;
    }
    u.problem = problem;
    if (u.parts === undefined) this.#progress(u, 0);
    this.#enter(u, "failed");
  }

  /** Ends the upload's requests; parts that the server has are kept. */
  #stop(u: Upload): void {
    const controller = this.#running.get(u);
    this.#running.delete(u);
    controller?.abort();
    this.#progress(u, u.parts === undefined ? (u.phase === "done" ? u.size : 0) : partsDone(u, u.parts));
  }

  /** Tells the server to forget the upload's parts. If that fails the server's own clean-up of old uploads takes them. */
  #drop(u: Upload): void {
    const parts = u.parts;
    u.parts = undefined;
    if (parts !== undefined) this.#o.transport.abort(at(u), parts.uploadId).catch(() => {});
  }

  // --- counting ------------------------------------------------------------------------------------------------------

  #enter(u: Upload, phase: Phase): void {
    this.#counts[u.phase] -= 1;
    this.#counts[phase] += 1;
    u.phase = phase;
    this.#changed();
  }

  /** Enters a phase in which the upload's bytes no longer count. */
  #leave(u: Upload, phase: "skipped" | "canceled"): void {
    this.#progress(u, 0);
    this.#bytes -= u.size;
    this.#enter(u, phase);
  }

  #progress(u: Upload, sent: number): void {
    if (u.phase === "canceled" || u.phase === "skipped") return;
    const now = Math.min(sent, u.size);
    this.#sent += now - u.sent;
    u.sent = now;
    const last = this.#samples.at(-1);
    const time = this.#o.now();
    if (last === undefined || time - last.at >= 200) {
      this.#samples.push({ at: time, sent: this.#sent });
      while (this.#samples.length > 2 && time - (this.#samples[0]?.at ?? time) > SPEED_WINDOW_MS) this.#samples.shift();
    }
    this.#changed();
  }

  #changed(): void {
    if (this.#told) return;
    this.#told = true;
    this.#o.later(() => {
      this.#told = false;
      this.#version += 1;
      for (const listener of [...this.#listeners]) listener();
    }, 100);
  }
}

const at = (u: Upload): Target => ({ bucket: u.batch.bucket, key: u.key });

const partLength = (u: Upload, parts: Parts, index: number): number =>
  Math.min(parts.size, u.size - index * parts.size);

const partsDone = (u: Upload, parts: Parts): number =>
  parts.etags.reduce<number>((n, etag, i) => n + (etag === undefined ? 0 : partLength(u, parts, i)), 0);

const partsSent = (u: Upload, parts: Parts): number =>
  partsDone(u, parts) + [...parts.flying].reduce((n, [i, sent]) => n + (parts.etags[i] === undefined ? sent : 0), 0);
