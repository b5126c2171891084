import { Suspense, lazy, useId, type ReactNode } from "react";
import { useT } from "../i18n";
import { Button } from "./Button";

const Modal = lazy(() => import("./Modal"));

interface DialogProps {
  onClose: () => void;
  title: ReactNode;
  /** Buttons at the foot, the main one last. */
  footer?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

/** A modal dialog, open as long as it is rendered; on a phone it is a sheet at the bottom. */
export function Dialog(props: DialogProps) {
  return (
    <Suspense>
      <Modal {...props} />
    </Suspense>
  );
}

/** A panel that slides in from the left, for navigation on a phone. */
export function Sheet({ onClose, label, children }: { onClose: () => void; label: string; children: ReactNode }) {
  return (
    <Suspense>
      <Modal sheet onClose={onClose} title={label}>
        {children}
      </Modal>
    </Suspense>
  );
}

interface FormDialogProps extends Omit<DialogProps, "footer"> {
  submitLabel: string;
  tone?: "primary" | "danger";
  busy: boolean;
  onSubmit: () => void;
}

/** A dialog that is a form: Enter sends it once. */
export function FormDialog({ submitLabel, tone = "primary", busy, onSubmit, children, ...dialog }: FormDialogProps) {
  const t = useT();
  const formId = useId();
  const footer = (
    <>
      <Button onClick={dialog.onClose}>{t("ui.cancel")}</Button>
      <Button tone={tone} type="submit" form={formId} busy={busy}>
        {submitLabel}
      </Button>
    </>
  );
  return (
    <Dialog {...dialog} footer={footer}>
      <form
        id={formId}
        noValidate
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) onSubmit();
        }}
      >
        {children}
      </form>
    </Dialog>
  );
}
