import { may } from "@/lib/session";

/** Permissions that are missing, by what they are for; undefined: it may be done. */
export interface Lacks {
  get: string | undefined;
  put: string | undefined;
  remove: string | undefined;
}

/** As long as the permissions are not known, nothing is held back: the server refuses what may not be. */
export function lacksOf(permissions: readonly string[] | undefined): Lacks {
  const lack = (action: string) => (permissions === undefined || may(permissions, action) ? undefined : action);
  return { get: lack("s3:GetObject"), put: lack("s3:PutObject"), remove: lack("s3:DeleteObject") };
}
