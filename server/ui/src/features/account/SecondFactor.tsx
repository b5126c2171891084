import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { sessionQuery } from "../../api/session";
import { useT } from "../../i18n";
import { ProblemNote } from "../../layout/ErrorState";
import { SecondFactorNote } from "../../layout/SecondFactorNote";
import { Button } from "../../ui/Button";
import { Dialog, FormDialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { Note } from "../../ui/States";
import { CopyLine } from "../../ui/Text";
import { Time } from "../../ui/Time";

type Offer = Awaited<ReturnType<typeof offer>>;

function offer() {
  return answer(api.POST("/session/second-factor"));
}

/** The reader's second factor: set up, new recovery codes, remove. */
export function SecondFactor() {
  const t = useT();
  const client = useQueryClient();
  const [offered, setOffered] = useState<Offer | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const state = useQuery({ queryKey: ["second-factor"], queryFn: ({ signal }) => answer(api.GET("/session/second-factor", { signal })) });
  const refresh = () => {
    void client.invalidateQueries({ queryKey: ["second-factor"] });
    void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
  const show = (fresh: { recovery_codes: string[] }) => {
    setOffered(null);
    setCodes(fresh.recovery_codes);
    refresh();
  };
  const begin = useMutation({ mutationFn: offer, onSuccess: setOffered });
  const renew = useMutation({ mutationFn: () => answer(api.POST("/session/second-factor/recovery-codes")), onSuccess: show });
  const remove = useMutation({ mutationFn: () => answer(api.DELETE("/session/second-factor")), onSuccess: refresh });
  const since = state.data?.activated_at;
  return (
    <div className="stack">
      <SecondFactorNote />
      {since ? (
        <p>
          {t("factor.active_since")} <Time at={since} /> · {t("factor.codes_left", { count: state.data?.recovery_codes ?? 0 })}
        </p>
      ) : (
        <p>{t("factor.text")}</p>
      )}
      <ProblemNote error={state.error ?? begin.error ?? renew.error ?? remove.error} />
      <div className="row">
        {since ? (
          <>
            <Button busy={renew.isPending} onClick={() => renew.mutate()}>
              {t("factor.renew_codes")}
            </Button>
            {!state.data?.required && (
              <Button tone="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
                {t("factor.remove")}
              </Button>
            )}
          </>
        ) : (
          <Button tone="primary" busy={begin.isPending} onClick={() => begin.mutate()}>
            {t("factor.set_up")}
          </Button>
        )}
      </div>
      {offered && <Activate offered={offered} onDone={show} onClose={() => setOffered(null)} />}
      {codes && <Codes codes={codes} onClose={() => setCodes(null)} />}
    </div>
  );
}

function Activate({ offered, onDone, onClose }: { offered: Offer; onDone: (fresh: { recovery_codes: string[] }) => void; onClose: () => void }) {
  const t = useT();
  const [code, setCode] = useState("");
  const activate = useMutation({ mutationFn: () => answer(api.POST("/session/second-factor/activate", { body: { code } })), onSuccess: onDone });
  return (
    <FormDialog onClose={onClose} title={t("factor.set_up")} submitLabel={t("factor.activate")} busy={activate.isPending} onSubmit={() => activate.mutate()}>
      <p>{t("factor.scan")}</p>
      <img src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(offered.qr_svg)}`} alt={t("factor.picture")} width={220} height={220} />
      <CopyLine text={offered.secret} label={t("factor.copy_secret")} />
      <TextField label={t("factor.code")} inputMode="numeric" autoComplete="one-time-code" value={code} onChange={(event) => setCode(event.target.value)} />
      <ProblemNote error={activate.error} />
    </FormDialog>
  );
}

function Codes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const t = useT();
  return (
    <Dialog onClose={onClose} title={t("factor.codes")} footer={<Button onClick={onClose}>{t("ui.close")}</Button>}>
      <Note tone="warning">{t("factor.codes_once")}</Note>
      <CopyLine text={codes.join("\n")} label={t("factor.copy_codes")} />
    </Dialog>
  );
}
