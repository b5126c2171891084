import type { Certificate } from "../../../api/sections";

/** The common name of a name that RFC 4514 wrote, else the whole name. */
export function commonName(name: string | undefined): string {
  const found = /(?:^|[,+])\s*CN=((?:\\.|[^\\,+])*)/i.exec(name ?? "")?.[1];
  return found === undefined ? (name ?? "") : found.replace(/\\([^0-9a-fA-F])/g, "$1");
}

/** Whom a certificate is for: its common name, else the first name that it holds for. */
export function holderOf(certificate: Pick<Certificate, "subject" | "names">): string {
  return commonName(certificate.subject) || (certificate.names?.[0]?.replace(/^[A-Za-z]+:/, "") ?? "");
}
