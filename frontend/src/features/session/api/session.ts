import { type Credentials, createSession, deleteSession, getSession } from "@myfsio/client";
import { answer, done } from "@/lib/http/api";
import { session, signedIn, signedOut } from "@/lib/session";

/** Asks the server once who is signed in; later calls give what it said. */
export async function loadSession() {
  if (session.value === undefined) session.set(await answer(getSession()));
  return session.value;
}

/** Asks again: after something that changes permissions or warnings. */
export async function refreshSession(): Promise<void> {
  session.set(await answer(getSession()));
}

export async function signIn(body: Credentials): Promise<void> {
  signedIn(await answer(createSession({ body })));
}

export async function signOut(): Promise<void> {
  await done(deleteSession());
  signedOut();
}
