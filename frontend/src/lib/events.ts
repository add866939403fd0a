/** Something that happens now and then, for those who listen. */
export class Happening<What> {
  readonly #listeners = new Set<(what: What) => void>();

  tell(what: What): void {
    for (const listener of [...this.#listeners]) listener(what);
  }

  readonly listen = (listener: (what: What) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

/** Objects of a bucket came, changed or went through this console. */
export const objectsChanged = new Happening<{ bucket: string }>();
