import { useMutation } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { useT } from "../../i18n";
import { ProblemNote, fieldError } from "../../layout/ErrorState";
import { PublicPage } from "../../layout/PublicPage";
import { Button } from "../../ui/Button";
import { TextField } from "../../ui/Field";
import { Note } from "../../ui/States";

const route = getRouteApi("/set-password");

/** Sets a password with the one-time link an administrator handed out. */
export function SetPasswordPage() {
  const t = useT();
  const { token } = route.useSearch();
  return (
    <PublicPage title={t("set_password.title")}>
      {token ? <SetPasswordForm token={token} /> : <Note tone="warning">{t("set_password.no_token")}</Note>}
    </PublicPage>
  );
}

function SetPasswordForm({ token }: { token: string }) {
  const t = useT();
  const navigate = useNavigate();
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [differs, setDiffers] = useState(false);
  const set = useMutation({
    mutationFn: () => answer(api.POST("/password", { body: { token, new_password: password } })),
    onSuccess: () => navigate({ to: "/sign-in", search: { done: "1" } }),
  });
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setDiffers(password !== again);
        if (password === again && !set.isPending) set.mutate();
      }}
    >
      <TextField label={t("password.new")} type="password" autoComplete="new-password" autoFocus hint={t("password.rule")} value={password} onChange={(event) => setPassword(event.target.value)} error={fieldError(t, set.error, "new_password") ?? fieldError(t, set.error, "password")} />
      <TextField label={t("password.again")} type="password" autoComplete="new-password" value={again} onChange={(event) => setAgain(event.target.value)} error={differs ? t("password.differs") : null} />
      <ProblemNote error={set.error} fields={["new_password", "password"]} />
      <Button tone="primary" type="submit" busy={set.isPending}>
        {t("set_password.submit")}
      </Button>
    </form>
  );
}
