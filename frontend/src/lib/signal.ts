import { useSyncExternalStore } from "react";

/** A value that lives outside React and tells those who listen when it changes. */
export class Signal<V> {
  #value: V;
  readonly #listeners = new Set<() => void>();

  constructor(initial: V) {
    this.#value = initial;
  }

  get value(): V {
    return this.#value;
  }

  set(next: V): void {
    if (Object.is(next, this.#value)) return;
    this.#value = next;
    for (const listener of [...this.#listeners]) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

/** The signal's value, drawn again when it changes. */
export function useSignal<V>(signal: Signal<V>): V {
  return useSyncExternalStore(signal.subscribe, () => signal.value);
}
