import type { Permission } from "../api/can";
import type { MessageKey } from "../i18n";
import { paths } from "../paths";
import type { IconName } from "../ui/Icon";

export interface Place {
  label: MessageKey;
  icon: IconName;
  link: { to: string };
  permission?: Permission;
  /** What stands behind its name. */
  count?: "open_questions";
  /** The letter after `g` that goes there. */
  key: string;
}

export interface PlaceGroup {
  label: MessageKey | null;
  places: readonly Place[];
}

/** The pages of the product in groups; a page is shown to those whose permissions open it. */
export const placeGroups: readonly PlaceGroup[] = [
  { label: null, places: [{ label: "nav.home", icon: "home", link: paths.home(), key: "h" }] },
  {
    label: "nav.configuration",
    places: [
      { label: "nav.cis", icon: "cis", link: paths.cis(), permission: "ci.read", key: "c" },
      { label: "nav.baselines", icon: "baselines", link: paths.baselines(), permission: "ci.read", key: "b" },
      { label: "nav.edits", icon: "edit", link: paths.edits(), permission: "ci.read", key: "x" },
      { label: "nav.duplicates", icon: "duplicates", link: paths.duplicates(), permission: "ci.read", key: "d", count: "open_questions" },
      { label: "nav.health", icon: "shield", link: paths.health(), permission: "ci.read", key: "e" },
      { label: "nav.software", icon: "software", link: paths.software(), permission: "software.read", key: "s" },
      { label: "nav.agents", icon: "agents", link: paths.agents(), permission: "agent.read", key: "a" },
      { label: "nav.imports", icon: "upload", link: paths.imports(), permission: "ci.read", key: "i" },
    ],
  },
  {
    label: "nav.administration",
    places: [
      { label: "nav.users", icon: "users", link: paths.users(), permission: "user.manage", key: "u" },
      { label: "nav.organisations", icon: "organisations", link: paths.organisations(), permission: "organisation.read", key: "o" },
      { label: "nav.classes", icon: "columns", link: paths.classes(), permission: "register.configure", key: "m" },
      { label: "nav.sources", icon: "inbox", link: paths.sources(), permission: "register.configure", key: "r" },
      { label: "nav.policies", icon: "check", link: paths.policies(), permission: "ci.read", key: "p" },
      { label: "nav.tokens", icon: "key", link: paths.tokens(), permission: "token.manage_own", key: "t" },
      { label: "nav.identification", icon: "rules", link: paths.identification(), permission: "ci.read", key: "w" },
      { label: "nav.audit", icon: "audit", link: paths.audit(), permission: "audit.read", key: "l" },
    ],
  },
];
