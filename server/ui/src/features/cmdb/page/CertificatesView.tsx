import { useMemo } from "react";
import { readText, type Certificate, type Certificates } from "../../../api/sections";
import { useNow } from "../../../format/TimeContext";
import { useT } from "../../../i18n";
import { Badge } from "../../../ui/Badge";
import { Facts } from "../../../ui/Card";
import type { Column } from "../../../ui/DataTable";
import { Code, CopyCode, Name, Path } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { Codes } from "./Codes";
import { commonName, holderOf } from "./distinguishedName";
import { EXPIRY_LOOK, expiryOf, expiryWords, isExpiring } from "./expiry";
import { SectionTable } from "./SectionTable";

const certificatesOf = (body: Certificates) => body.certificates ?? [];
const DETAIL = { name: holderOf, show: (row: Certificate) => <CertificateFacts certificate={row} /> };
const SORT = { id: "expiry", desc: false };

interface ViewProps {
  id: string;
  q: string;
  onClear: () => void;
  expiringOnly: boolean;
}

/** Certificates, those that end first at the top. */
export function CertificatesTable({ expiringOnly, ...props }: ViewProps) {
  const now = useNow();
  const keep = useMemo(() => (expiringOnly ? (row: Certificate) => isExpiring(expiryOf(row, now)) : undefined), [expiringOnly, now]);
  return <SectionTable {...props} section="certificates" rowsOf={certificatesOf} keyOf={(row) => row.fingerprint} useColumns={useColumns} detail={DETAIL} sort={SORT} keep={keep} />;
}

function useColumns(): Column<Certificate>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "holder", header: t("certificates.subject"), size: 250, value: holderOf, cell: (row) => <Holder certificate={row} /> },
      { id: "expiry", header: t("certificates.expires"), size: 150, value: (row) => row.not_after_s, cell: (row) => <ExpiryBadge certificate={row} /> },
      { id: "until", header: t("certificates.until"), size: 130, value: (row) => row.not_after_s, cell: (row) => <Time at={moment(row.not_after_s)} show="day" /> },
      { id: "issuer", header: t("certificates.issuer"), size: 200, value: (row) => commonName(row.issuer), cell: (row) => <Name>{commonName(row.issuer) || "—"}</Name> },
      { id: "places", header: t("certificates.places"), size: 230, cell: (row) => <Path text={placesOf(row)[0] ?? ""} /> },
      { id: "key", header: t("certificates.key"), size: 100, value: (row) => row.key, cell: (row) => row.key ?? "—" },
      { id: "fingerprint", header: "SHA-256", size: 160, value: (row) => row.fingerprint, cell: (row) => <CopyCode text={row.fingerprint} label={t("certificates.copy_fingerprint")} /> },
    ],
    [t],
  );
}

/** Where it is shown, then where it lies. */
const placesOf = (one: Certificate) => [...(one.listeners ?? []), ...(one.files ?? []).map(readText)];

function moment(seconds: number | undefined): string | null {
  const date = seconds === undefined ? null : new Date(seconds * 1000);
  return date && !Number.isNaN(date.getTime()) ? date.toISOString() : null;
}

function Holder({ certificate }: { certificate: Certificate }) {
  const t = useT();
  return (
    <span className="row">
      <span className="grow">
        <Name>{holderOf(certificate) || t("ui.unknown")}</Name>
      </span>
      {certificate.is_authority && <Badge title={t("certificates.authority_text")}>CA</Badge>}
      {certificate.self_issued && !certificate.is_authority && <Badge tone="warning">{t("certificates.self_signed")}</Badge>}
    </span>
  );
}

function ExpiryBadge({ certificate }: { certificate: Certificate }) {
  const t = useT();
  const expiry = expiryOf(certificate, useNow());
  const [tone, mark] = EXPIRY_LOOK[expiry.state];
  return (
    <Badge tone={tone} mark={mark}>
      {expiryWords(expiry, t)}
    </Badge>
  );
}

function CertificateFacts({ certificate: one }: { certificate: Certificate }) {
  const t = useT();
  return (
    <Facts
      items={[
        [t("certificates.subject"), one.subject ? <Code>{one.subject}</Code> : null],
        [t("certificates.issuer"), one.issuer ? <Code>{one.issuer}</Code> : null],
        [t("certificates.names"), <Codes key="n" texts={one.names ?? []} />],
        [t("certificates.from"), <Time key="f" at={moment(one.not_before_s)} show="full" />],
        [t("certificates.until"), <Time key="u" at={moment(one.not_after_s)} show="full" />],
        [t("hardware.serial"), <CopyCode key="s" text={one.serial} label={t("ui.copy")} />],
        ["SHA-256", <CopyCode key="p" text={one.fingerprint} label={t("certificates.copy_fingerprint")} />],
        [t("certificates.signature"), one.signature],
        [t("certificates.listeners"), <Codes key="l" texts={one.listeners ?? []} />],
        [t("certificates.files"), <Codes key="i" texts={(one.files ?? []).map(readText)} />],
      ]}
    />
  );
}
