import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { remember, sessionQuery, useSetupNeeded } from "../../api/session";
import type { Body } from "../../api/types";
import { useLocale, useT } from "../../i18n";
import { ProblemNote, fieldError } from "../../layout/ErrorState";
import { PublicPage } from "../../layout/PublicPage";
import { paths } from "../../paths";
import { Button, buttonClass } from "../../ui/Button";
import { SelectField, TextField } from "../../ui/Field";
import { Note } from "../../ui/States";
import { showLanguage } from "../../layout/usePreferences";

const route = getRouteApi("/setup");

/** The first administrator's account, made with the one-time link of the server's first start. */
export function SetupPage() {
  const t = useT();
  const { token } = route.useSearch();
  const setup = useSetupNeeded();
  if (setup.data && !setup.data.needed) {
    return (
      <PublicPage title={t("setup.title")}>
        <Note tone="accent">{t("setup.already")}</Note>
        <Link {...paths.signIn()} className={buttonClass("primary")}>
          {t("sign_in.submit")}
        </Link>
      </PublicPage>
    );
  }
  return (
    <PublicPage title={t("setup.title")}>
      <p className="soft">{t("setup.intro")}</p>
      {token ? <SetupForm token={token} /> : <Note tone="warning">{t("setup.no_token")}</Note>}
    </PublicPage>
  );
}

const FIELDS = ["login", "display_name", "password", "language"];

function SetupForm({ token }: { token: string }) {
  const t = useT();
  const language = useLocale();
  const [login, setLogin] = useState("admin");
  const [displayName, setDisplayName] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [differs, setDiffers] = useState(false);
  const setup = useSetup();
  function submit() {
    setDiffers(password !== again);
    if (password !== again || setup.isPending) return;
    setup.mutate({ token, login, display_name: displayName || login, password, language });
  }
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <SelectField label={t("shell.language")} value={language} onChange={(event) => void showLanguage(event.target.value)}>
        <option value="ko">한국어</option>
        <option value="en">English</option>
      </SelectField>
      <TextField label={t("sign_in.login")} autoComplete="username" value={login} onChange={(event) => setLogin(event.target.value)} error={fieldError(t, setup.error, "login")} />
      <TextField label={t("user.display_name")} autoComplete="name" autoFocus value={displayName} onChange={(event) => setDisplayName(event.target.value)} error={fieldError(t, setup.error, "display_name")} />
      <TextField label={t("sign_in.password")} type="password" autoComplete="new-password" hint={t("password.rule")} value={password} onChange={(event) => setPassword(event.target.value)} error={fieldError(t, setup.error, "password")} />
      <TextField label={t("password.again")} type="password" autoComplete="new-password" value={again} onChange={(event) => setAgain(event.target.value)} error={differs ? t("password.differs") : null} />
      <ProblemNote error={setup.error} fields={FIELDS} />
      <Button tone="primary" type="submit" busy={setup.isPending}>
        {t("setup.submit")}
      </Button>
    </form>
  );
}

function useSetup() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: Body<"/setup", "post">) => answer(api.POST("/setup", { body })),
    onSuccess: async (session) => {
      client.setQueryData(sessionQuery.queryKey, remember(session));
      await navigate(paths.home());
    },
  });
}
