import { useId, type ComponentProps, type ReactNode } from "react";
import { classes } from "./classes";
import styles from "./Field.module.css";
import { Icon } from "./Icon";

interface FieldProps {
  label: string;
  hint?: ReactNode;
  /** What is wrong with the value; empty when nothing is. */
  error?: string | null | undefined;
  /** Written behind the label: "optional". */
  optional?: string | false;
  children: (control: { id: string; "aria-describedby": string | undefined; "aria-invalid": true | undefined; className: string | undefined }) => ReactNode;
}

/** A labelled control with hint and error, tied together for assistive technology. */
export function Field({ label, hint, error, optional, children }: FieldProps) {
  const id = useId();
  const hintId = hint ? `${id}h` : "";
  const errorId = error ? `${id}e` : "";
  const describedBy = [errorId, hintId].filter(Boolean).join(" ") || undefined;
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
        {optional && <span className={styles.optional}>{optional}</span>}
      </label>
      {children({ id, "aria-describedby": describedBy, "aria-invalid": error ? true : undefined, className: styles.control })}
      {error && (
        <span className={styles.error} id={errorId} role="alert">
          <Icon name="alert" size={14} />
          {error}
        </span>
      )}
      {hint && (
        <span className={styles.hint} id={hintId}>
          {hint}
        </span>
      )}
    </div>
  );
}

type Labelled = Omit<FieldProps, "children">;

/** A one-line text field. */
export function TextField({ label, hint, error, optional, ...input }: Labelled & Omit<ComponentProps<"input">, "children">) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional}>
      {(control) => <input type="text" autoComplete="off" spellCheck={false} {...input} {...control} />}
    </Field>
  );
}

/** A choice of few values. */
export function SelectField({ label, hint, error, optional, children, ...select }: Labelled & ComponentProps<"select">) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional}>
      {(control) => (
        <select {...select} {...control}>
          {children}
        </select>
      )}
    </Field>
  );
}

/** Class name of a bare control that is labelled by other means. */
export const controlClass = styles.control ?? "";

/** A tick box with its label. */
export function Check({ label, hint, ...input }: { label: ReactNode; hint?: ReactNode } & ComponentProps<"input">) {
  return (
    <label className={styles.check}>
      <input type="checkbox" {...input} />
      <span>
        {label}
        {hint && <span className={classes(styles.hint)}> {hint}</span>}
      </span>
    </label>
  );
}

/** One of a few choices, with its label. */
export function Radio(props: { label: ReactNode; hint?: ReactNode } & ComponentProps<"input">) {
  return <Check {...props} type="radio" />;
}

/** Tick boxes or choices that belong together, under one name. */
export function FieldGroup({ label, hint, error, children }: Labelled & { children: ReactNode }) {
  const id = useId();
  const describedBy = [error && `${id}e`, hint && `${id}h`].filter(Boolean).join(" ") || undefined;
  return (
    <fieldset className={styles.field} aria-describedby={describedBy}>
      <legend className={styles.label}>{label}</legend>
      {hint && (
        <span className={styles.hint} id={`${id}h`}>
          {hint}
        </span>
      )}
      {error && (
        <span className={styles.error} id={`${id}e`} role="alert">
          <Icon name="alert" size={14} />
          {error}
        </span>
      )}
      {children}
    </fieldset>
  );
}

interface SegmentsProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly (readonly [Value, ReactNode])[];
  onChange: (value: Value) => void;
}

/** Few views of one thing, one of them on. */
export function Segments<Value extends string>({ label, value, options, onChange }: SegmentsProps<Value>) {
  return (
    <div className={styles.segments} role="group" aria-label={label}>
      {options.map(([option, text]) => (
        <button key={option} type="button" className={styles.segment} aria-pressed={option === value} onClick={() => onChange(option)}>
          {text}
        </button>
      ))}
    </div>
  );
}
