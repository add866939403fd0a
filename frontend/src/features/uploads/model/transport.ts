/** What the queue needs of a file; a browser's File has it. */
export interface Source {
  readonly size: number;
  readonly type: string;
  slice(start: number, end: number): Blob;
}

export interface Target {
  readonly bucket: string;
  readonly key: string;
}

/**
 * The requests that an upload is made of. Each throws `Problem` when refused, and an abort of `signal` throws as well.
 * `sent` is told the bytes of this one request that have gone out so far.
 */
export interface Transport {
  /** Whether any object's key begins with `prefix`. */
  anyUnder(bucket: string, prefix: string, signal: AbortSignal): Promise<boolean>;
  /** Whether there is an object with exactly this key. */
  exists(target: Target, signal: AbortSignal): Promise<boolean>;
  /** Uploads in one request. With `fresh`, the server refuses (412) when the key is taken. */
  put(
    target: Target,
    source: Source,
    fresh: boolean,
    sent: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<void>;
  begin(target: Target, source: Source, signal: AbortSignal): Promise<{ uploadId: string; partSize: number }>;
  /** Uploads part `number` (from 1) and gives its ETag. */
  part(
    target: Target,
    uploadId: string,
    number: number,
    body: Blob,
    sent: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<string>;
  complete(target: Target, uploadId: string, etags: string[], fresh: boolean, signal: AbortSignal): Promise<void>;
  abort(target: Target, uploadId: string): Promise<void>;
}
