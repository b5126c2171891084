import { useT } from "../i18n";
import { Menu, MenuItem } from "../ui/Menu";
import type { TriggerElement } from "../ui/OnDemand";
import type { Exported } from "./ExportButton";

const FORMATS = ["csv", "ndjson"] as const;

export default function ExportMenu({ trigger, path, params }: Exported & { trigger: TriggerElement }) {
  const t = useT();
  const href = (format: string) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...params, format })) {
      for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) query.append(name, String(one));
    }
    return `/api/v1${path}?${query}`;
  };
  return (
    <Menu trigger={trigger}>
      {FORMATS.map((format) => (
        <MenuItem key={format} render={<a href={href(format)} download="" />}>
          {t(`exchange.as_${format}`)}
        </MenuItem>
      ))}
    </Menu>
  );
}
