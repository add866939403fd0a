import { forget, remember, remembered } from "@/lib/storage";

// What a person writes stays with them, also where several sign in with one browser.
const name = (user: string, bucket: string) => `myfsio.policy-draft.${user}.${bucket}`;

/** The bucket policy that the person has begun to write in this browser; undefined: none. */
export const readDraft = (user: string, bucket: string): string | undefined => remembered(name(user, bucket));

/** Keeps a draft, also over a reload; one that says what is attached is none. */
export function keepDraft(user: string, bucket: string, text: string, attached: string | undefined): void {
  if (text === attached) forget(name(user, bucket));
  else remember(name(user, bucket), text);
}
