import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { useSession } from "../../api/session";
import { browserZone } from "../../format/TimeContext";
import { zoneName } from "../../format/time";
import { codeText, useT } from "../../i18n";
import { ProblemNote, fieldError } from "../../layout/ErrorState";
import { Page } from "../../layout/Page";
import { usePreferences } from "../../layout/usePreferences";
import { useChooseZone, useChosenZone } from "../../layout/useZone";
import { Button } from "../../ui/Button";
import { Card, Facts } from "../../ui/Card";
import { chooseDensity, useDensity } from "../../ui/density";
import { Check, SelectField, TextField } from "../../ui/Field";
import { enableLetters, lettersEnabled } from "../../ui/keys";
import { Note } from "../../ui/States";
import { OwnSessions } from "./OwnSessions";
import { SecondFactor } from "./SecondFactor";

/** The reader's own account: who they are to the server, how things look, the password. */
export function AccountPage() {
  const t = useT();
  const { user, grants, server } = useSession();
  const roles = grants.map((grant) => `${codeText(t, "role", grant.role)} (${grant.organisation.name})`).join(", ");
  return (
    <Page narrow title={t("nav.account")}>
      <Card title={t("account.identity")}>
        <Facts
          items={[
            [t("sign_in.login"), user.login],
            [t("user.display_name"), user.display_name],
            [t("users.roles"), roles],
            [t("account.server"), `${server.product} ${server.version}`],
          ]}
        />
      </Card>
      <Card title={t("shell.preferences")}>
        <Preferences />
      </Card>
      <Card title={t("account.password")}>
        <PasswordForm />
      </Card>
      <Card title={t("factor.title")}>
        <SecondFactor />
      </Card>
      <Card title={t("sessions.title")}>
        <OwnSessions />
      </Card>
    </Page>
  );
}

function Preferences() {
  const t = useT();
  const { language, theme, change, error } = usePreferences();
  const chosen = useChosenZone();
  const zone = useChooseZone();
  const density = useDensity();
  const [letters, setLetters] = useState(lettersEnabled);
  const zones = [...new Set([chosen, browserZone, "Asia/Seoul", "UTC", ...Intl.supportedValuesOf("timeZone")])].filter(Boolean);
  return (
    <div className="stack">
      <SelectField label={t("shell.language")} value={language} onChange={(event) => change({ language: event.target.value as typeof language })}>
        <option value="ko">한국어</option>
        <option value="en">English</option>
      </SelectField>
      <SelectField label={t("shell.theme")} value={theme} onChange={(event) => change({ theme: event.target.value as typeof theme })}>
        <option value="system">{t("theme.system")}</option>
        <option value="light">{t("theme.light")}</option>
        <option value="dark">{t("theme.dark")}</option>
      </SelectField>
      <SelectField label={t("shell.density")} value={density} onChange={(event) => chooseDensity(event.target.value as typeof density)}>
        <option value="compact">{t("density.compact")}</option>
        <option value="comfortable">{t("density.comfortable")}</option>
      </SelectField>
      <SelectField label={t("shell.time_zone")} value={chosen} error={fieldError(t, zone.error, "time_zone")} onChange={(event) => zone.choose(event.target.value)}>
        <option value="">{t("shell.time_zone_of_browser", { zone: browserZone })}</option>
        {zones.map((name) => (
          <option key={name} value={name}>
            {name} ({zoneName(name)})
          </option>
        ))}
      </SelectField>
      <Check
        label={t("account.letters")}
        hint={t("account.letters_hint")}
        checked={letters}
        onChange={(event) => {
          enableLetters(event.target.checked);
          setLetters(event.target.checked);
        }}
      />
      <ProblemNote error={error ?? zone.error} fields={["time_zone"]} />
    </div>
  );
}

function PasswordForm() {
  const t = useT();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [differs, setDiffers] = useState(false);
  const save = useMutation({
    mutationFn: () => answer(api.POST("/session/password", { body: { current_password: current, new_password: next } })),
    onSuccess: () => {
      setCurrent("");
      setNext("");
      setAgain("");
    },
  });
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setDiffers(next !== again);
        if (next === again && !save.isPending) save.mutate();
      }}
    >
      <TextField label={t("password.current")} type="password" autoComplete="current-password" value={current} error={fieldError(t, save.error, "current_password")} onChange={(event) => setCurrent(event.target.value)} />
      <TextField label={t("password.new")} type="password" autoComplete="new-password" hint={t("password.rule")} value={next} error={fieldError(t, save.error, "new_password")} onChange={(event) => setNext(event.target.value)} />
      <TextField label={t("password.again")} type="password" autoComplete="new-password" value={again} error={differs ? t("password.differs") : null} onChange={(event) => setAgain(event.target.value)} />
      <ProblemNote error={save.error} fields={["current_password", "new_password"]} />
      {save.isSuccess && <Note tone="ok" role="status">{t("password.changed")}</Note>}
      <div>
        <Button tone="primary" type="submit" busy={save.isPending}>
          {t("password.change")}
        </Button>
      </div>
    </form>
  );
}
