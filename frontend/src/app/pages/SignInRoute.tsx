import { useNavigate, useSearch } from "@tanstack/react-router";
import { SignInPage } from "@/features/session/components/SignInPage";
import { t } from "@/lib/i18n";
import { placeOf } from "@/lib/search";
import { useTitle } from "@/lib/title";

export function SignInRoute() {
  const navigate = useNavigate();
  const { next, sso, request } = useSearch({ from: "/sign-in" });
  useTitle(t("session.sign-in"));
  return (
    <SignInPage
      next={next}
      failure={sso}
      request={request}
      onDone={() => void navigate({ ...placeOf(next), replace: true })}
    />
  );
}
