import {
  changePassword,
  confirmDevice,
  endOtherSessions,
  endSession,
  enrolDevice,
  getProfile,
  listSessions,
  removeOwnDevice,
} from "@myfsio/client";
import { queryOptions } from "@tanstack/react-query";
import { answer, done } from "@/lib/http/api";

export const ACCOUNT = ["account"] as const;

export const profile = () =>
  queryOptions({
    queryKey: [...ACCOUNT, "profile"],
    queryFn: ({ signal }) => answer(getProfile({ signal })),
  });

export const sessions = () =>
  queryOptions({
    queryKey: [...ACCOUNT, "sessions"],
    queryFn: ({ signal }) => answer(listSessions({ signal })).then((list) => list.sessions),
  });

export const newPassword = (password: string, next: string) =>
  done(changePassword({ body: { password, newPassword: next } }));
export const enrol = (name: string) => answer(enrolDevice({ body: { name } }));
export const confirm = (token: string, first: string, second: string) =>
  answer(confirmDevice({ body: { token, first, second } }));
export const removeDevice = (device: string, code: string) =>
  done(removeOwnDevice({ path: { device }, body: { code } }));
export const end = (id: string) => done(endSession({ path: { id } }));
export const endOthers = () => done(endOtherSessions());
