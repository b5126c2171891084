import { ApiError, type FieldProblem } from "../api/errors";
import { codeText, useT, type Translate } from "../i18n";
import { Button } from "../ui/Button";
import { EmptyState, Note } from "../ui/States";
import { Code, CopyButton } from "../ui/Text";

/** What a refusal means, in the reader's language. */
export function problemText(t: Translate, error: unknown): string {
  if (!(error instanceof ApiError)) return t("problem.unexpected");
  if (error.code === "too_many_requests" && error.retryAfterS) return t("problem.too_many_requests_for", { seconds: error.retryAfterS });
  const text = codeText(t, "problem", error.code);
  return text === error.code ? error.message : text;
}

/** What is wrong with a field. */
export function fieldText(t: Translate, problem: FieldProblem | undefined): string | null {
  if (!problem) return null;
  const text = codeText(t, "field", problem.code, { limit: problem.limit ?? "" });
  return text === problem.code ? (problem.detail ?? t("field.invalid")) : text;
}

/** The problem of the field `name`, if `error` names it. */
export function fieldError(t: Translate, error: unknown, name: string): string | null {
  return error instanceof ApiError ? fieldText(t, error.field(name)) : null;
}

interface ErrorStateProps {
  error: unknown;
  onRetry?: () => void;
}

/** In place of content that could not be loaded: what happened, what can be done, and the request to quote. */
export function ErrorState({ error, onRetry }: ErrorStateProps) {
  const t = useT();
  const forbidden = error instanceof ApiError && error.status === 403;
  const retry = onRetry && !forbidden && (
    <Button icon="retry" onClick={onRetry}>
      {t("ui.retry")}
    </Button>
  );
  return (
    <EmptyState
      icon={forbidden ? "lock" : "alert"}
      title={problemText(t, error)}
      actions={
        <>
          {retry}
          <RequestId error={error} />
        </>
      }
    >
      {t(forbidden ? "problem.who_can_grant" : "problem.what_still_works")}
    </EmptyState>
  );
}

/** A refusal beside the form or button that caused it; field problems stand at their fields. */
export function ProblemNote({ error, fields = [] }: { error: unknown; fields?: readonly string[] }) {
  const t = useT();
  if (!error) return null;
  const others = error instanceof ApiError ? error.fields.filter((problem) => !fields.includes(problem.field)) : [];
  return (
    <Note tone="critical" role="alert">
      <p>{problemText(t, error)}</p>
      {others.map((problem) => (
        <Rest key={problem.field} problem={problem} />
      ))}
      <RequestId error={error} />
    </Note>
  );
}

/** A problem that no field shows: a rule that stands in the way has no field, and says why itself. */
function Rest({ problem }: { problem: FieldProblem }) {
  const t = useT();
  if (!problem.field) return <p>{codeText(t, "reason", problem.code)}</p>;
  return (
    <p>
      <Code>{problem.field}</Code>: {fieldText(t, problem)}
    </p>
  );
}

function RequestId({ error }: { error: unknown }) {
  const t = useT();
  if (!(error instanceof ApiError) || !error.requestId) return null;
  return (
    <span className="row muted">
      {t("problem.request_id")} <Code>{error.requestId}</Code>
      <CopyButton text={error.requestId} label={t("problem.copy_request_id")} />
    </span>
  );
}
