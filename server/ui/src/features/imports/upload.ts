import { answer, api } from "../../api/client";
import type { ImportReport } from "../../api/types";

/** Sends a file: to hear what would happen, or to have it happen. The same key has it happen once. */
export function send(file: File, how: { dryRun: boolean; key?: string }): Promise<ImportReport> {
  const query = { file_name: file.name.slice(0, 255), ...(how.dryRun ? { dry_run: true } : {}) };
  return answer<ImportReport>(
    api.POST("/imports", {
      params: { query, header: how.key ? { "Idempotency-Key": how.key } : {} },
      // The body is the file itself; the description only knows it as text.
      body: file as unknown as string,
      bodySerializer: (body: unknown) => body as Blob,
      headers: { "Content-Type": "application/octet-stream" },
    }),
  );
}
