import { useMutation, useQueryClient } from "@tanstack/react-query";
import { lazy, useState } from "react";
import { answer, answerWithEtag, api } from "../../api/client";
import type { User } from "../../api/types";
import { useT } from "../../i18n";
import { ProblemNote } from "../../layout/ErrorState";
import { Button } from "../../ui/Button";
import { Dialog, FormDialog } from "../../ui/Dialog";
import { OnDemand } from "../../ui/OnDemand";
import { Note } from "../../ui/States";
import { CopyLine } from "../../ui/Text";
import { Time } from "../../ui/Time";
import { EditUserDialog } from "./EditUserDialog";
import type { UserAction } from "./UserMenu";

const load = () => import("./UserMenu");
const UserMenu = lazy(load);

/** What can be done with an account; what cannot says why. */
export function UserActions({ user }: { user: User }) {
  const t = useT();
  const [asked, setAsked] = useState<UserAction | null>(null);
  const close = () => setAsked(null);
  const trigger = (
    <Button small aria-label={t("users.actions_for", { name: user.login })}>
      {t("ui.actions")}
    </Button>
  );
  return (
    <>
      <OnDemand kind="menu" trigger={trigger} preload={load}>
        {(button) => <UserMenu trigger={button} user={user} onAsk={setAsked} />}
      </OnDemand>
      {asked === "edit" && <EditUserDialog id={user.id} onClose={close} />}
      {(asked === "disable" || asked === "enable") && <EnableDialog user={user} enable={asked === "enable"} onClose={close} />}
      {asked === "reset_password" && <ResetDialog user={user} onClose={close} />}
    </>
  );
}

function EnableDialog({ user, enable, onClose }: { user: User; enable: boolean; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: async () => {
      const { etag } = await answerWithEtag(api.GET("/users/{id}", { params: { path: { id: user.id } } }));
      return answer(api.PATCH("/users/{id}", { params: { path: { id: user.id }, header: { "If-Match": etag } }, body: { enabled: enable } }));
    },
    onSuccess: onClose,
    onSettled: () => void client.invalidateQueries({ queryKey: ["users"] }),
  });
  const label = t(enable ? "users.enable" : "users.disable");
  return (
    <FormDialog onClose={onClose} tone={enable ? "primary" : "danger"} title={`${label}: ${user.display_name}`} submitLabel={label} busy={save.isPending} onSubmit={() => save.mutate()}>
      <p>{t(enable ? "users.enable_text" : "users.disable_text")}</p>
      <ProblemNote error={save.error} />
    </FormDialog>
  );
}

function ResetDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const t = useT();
  const reset = useMutation({
    mutationFn: () => answer(api.POST("/users/{id}/password-reset", { params: { path: { id: user.id } } })),
  });
  if (reset.data) {
    return (
      <Dialog onClose={onClose} title={t("users.reset_password")} footer={<Button onClick={onClose}>{t("ui.close")}</Button>}>
        <LinkOnce link={reset.data.set_password_link} />
        <p className="muted">
          {t("enrolment.expires")} <Time at={reset.data.expires_at} show="full" />
        </p>
      </Dialog>
    );
  }
  return (
    <FormDialog onClose={onClose} title={`${t("users.reset_password")}: ${user.display_name}`} submitLabel={t("users.make_link")} busy={reset.isPending} onSubmit={() => reset.mutate()}>
      <p>{t("users.reset_text")}</p>
      <ProblemNote error={reset.error} />
    </FormDialog>
  );
}

/** A one-time link: shown now and never again. */
export function LinkOnce({ link }: { link: string }) {
  const t = useT();
  const whole = new URL(link, window.location.origin).href;
  return (
    <>
      <Note tone="warning">{t("users.link_once")}</Note>
      <CopyLine text={whole} label={t("users.copy_link")} />
    </>
  );
}
