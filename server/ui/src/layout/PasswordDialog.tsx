import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../api/client";
import { usePasswordQuestion } from "../api/confirmation";
import { useT } from "../i18n";
import { FormDialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { ProblemNote } from "./ErrorState";

/** Asks for the password when the server wants it typed again; what waits for it goes on afterwards. */
export function PasswordDialog() {
  const question = usePasswordQuestion();
  return question && <Ask onConfirmed={() => question.settle(true)} onClose={() => question.settle(false)} />;
}

function Ask({ onConfirmed, onClose }: { onConfirmed: () => void; onClose: () => void }) {
  const t = useT();
  const [password, setPassword] = useState("");
  const confirm = useMutation({
    mutationFn: () => answer(api.POST("/session/confirm", { body: { password } })),
    onSuccess: onConfirmed,
  });
  return (
    <FormDialog onClose={onClose} title={t("confirm.title")} submitLabel={t("confirm.submit")} busy={confirm.isPending} onSubmit={() => confirm.mutate()}>
      <p>{t("confirm.text")}</p>
      <TextField label={t("sign_in.password")} type="password" autoComplete="current-password" value={password} onChange={(event) => setPassword(event.target.value)} />
      <ProblemNote error={confirm.error} />
    </FormDialog>
  );
}
