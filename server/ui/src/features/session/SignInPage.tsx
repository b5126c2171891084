import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { ApiError } from "../../api/errors";
import { remember, sessionQuery, useSetupNeeded } from "../../api/session";
import { useT } from "../../i18n";
import { ProblemNote } from "../../layout/ErrorState";
import { PublicPage } from "../../layout/PublicPage";
import { Button } from "../../ui/Button";
import { TextField } from "../../ui/Field";
import { Note } from "../../ui/States";

const route = getRouteApi("/sign-in");

/** Signs in and goes where the reader wanted to go. */
export function SignInPage() {
  const t = useT();
  const { next, done } = route.useSearch();
  const setup = useSetupNeeded();
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const signIn = useSignIn(next);
  const [second, setSecond] = useState(false);
  const asked = signIn.error instanceof ApiError && signIn.error.code === "second_factor_required";
  if (asked && !second) setSecond(true);
  return (
    <PublicPage title={t("sign_in.title")}>
      {setup.data?.needed && <Note tone="accent">{t("sign_in.setup_needed")}</Note>}
      {done && <Note tone="ok">{t("set_password.done")}</Note>}
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!signIn.isPending) signIn.mutate({ login, password, ...(second && code.trim() ? { code: code.trim() } : {}) });
        }}
      >
        <TextField label={t("sign_in.login")} autoComplete="username" autoFocus value={login} onChange={(event) => setLogin(event.target.value)} />
        <TextField label={t("sign_in.password")} type="password" autoComplete="current-password" value={password} onChange={(event) => setPassword(event.target.value)} />
        {second && <TextField label={t("sign_in.code")} hint={t("sign_in.code_hint")} autoComplete="one-time-code" autoFocus value={code} onChange={(event) => setCode(event.target.value)} />}
        {!asked && <ProblemNote error={signIn.error} />}
        <Button tone="primary" type="submit" busy={signIn.isPending}>
          {t("sign_in.submit")}
        </Button>
      </form>
    </PublicPage>
  );
}

function useSignIn(next: string | undefined) {
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: (body: { login: string; password: string; code?: string }) => answer(api.POST("/session", { body })),
    onSuccess: (session) => {
      client.setQueryData(sessionQuery.queryKey, remember(session));
      router.history.push(safePlace(next));
    },
  });
}

/** A place inside the product; anything that could lead elsewhere becomes the start page. */
export function safePlace(next: string | undefined): string {
  return next && /^\/(?![/\\])/.test(next) ? next : "/";
}
