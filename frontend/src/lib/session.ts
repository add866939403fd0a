import type { Session } from "@myfsio/client";
import { Signal, useSignal } from "./signal";

/** What the server said of the person and of itself; without `user` nobody is signed in. Undefined until it was asked. */
export const session = new Signal<Session | undefined>(undefined);

/** The session has ended while somebody was at work: the sign-in dialog stands over the page. */
export const expired = new Signal(false);

let waiting: { go: () => void; stop: (why: unknown) => void }[] = [];

/** Asks for signing in again, in place. Resolves when that is done; rejects with `refused` when the person gives up. */
export function reauthentication(refused: unknown): Promise<void> {
  expired.set(true);
  return new Promise((go, stop) => waiting.push({ go, stop: () => stop(refused) }));
}

/** Somebody signed in: requests that waited for it go on. */
export function signedIn(now: Session): void {
  session.set(now);
  expired.set(false);
  const all = waiting;
  waiting = [];
  for (const one of all) one.go();
}

/** Nobody is signed in any more: requests that waited fail. */
export function signedOut(): void {
  const now = session.value;
  if (now !== undefined) session.set({ ...now, user: undefined, permissions: [], warnings: [] });
  expired.set(false);
  const all = waiting;
  waiting = [];
  for (const one of all) one.stop(undefined);
}

/** The session of whoever is signed in; only pages behind the sign-in call it. */
export function useSession(): Session {
  const now = useSignal(session);
  if (now === undefined) throw new Error("no session was loaded");
  return now;
}

/** Whether an action is among those that the server says the person has. */
export const may = (permissions: readonly string[] | undefined, action: string): boolean =>
  permissions?.includes(action) ?? false;
