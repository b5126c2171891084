import { Dialog as Base } from "@base-ui/react/dialog";
import { useRef, type ReactNode } from "react";
import { useT } from "../i18n";
import { IconButton } from "./Button";
import { classes } from "./classes";
import styles from "./Dialog.module.css";

interface ModalProps {
  onClose: () => void;
  title: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
  /** Slides in from the left and shows its title to assistive technology only. */
  sheet?: boolean;
  children: ReactNode;
}

/** The layer of a dialog or sheet: focus stays inside, Esc and a click outside close it. */
export default function Modal({ onClose, title, footer, wide = false, sheet = false, children }: ModalProps) {
  const t = useT();
  const popup = useRef<HTMLDivElement>(null);
  const firstField = () => popup.current?.querySelector<HTMLElement>("input, select, textarea") ?? true;
  return (
    <Base.Root open onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup ref={popup} initialFocus={firstField} className={sheet ? styles.sheet : classes(styles.popup, wide && styles.wide)}>
          {sheet ? (
            <>
              <Base.Title className="sr-only">{title}</Base.Title>
              {children}
            </>
          ) : (
            <>
              <div className={styles.head}>
                <Base.Title render={<h2 />}>{title}</Base.Title>
                <Base.Close render={<IconButton icon="close" label={t("ui.close")} />} />
              </div>
              <div className={styles.body}>{children}</div>
              {footer && <div className={styles.foot}>{footer}</div>}
            </>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
