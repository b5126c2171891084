import { verdict } from "../../api/can";
import type { User } from "../../api/types";
import { codeText, useT } from "../../i18n";
import { Menu, MenuItem } from "../../ui/Menu";
import type { TriggerElement } from "../../ui/OnDemand";

export type UserAction = "edit" | "disable" | "enable" | "reset_password";

interface UserMenuProps {
  trigger: TriggerElement;
  user: User;
  onAsk: (action: UserAction) => void;
}

/** What can be done with an account; what cannot says why. */
export default function UserMenu({ trigger, user, onAsk }: UserMenuProps) {
  const t = useT();
  const actions: UserAction[] = ["edit", user.enabled ? "disable" : "enable", "reset_password"];
  return (
    <Menu trigger={trigger}>
      {actions.map((action) => {
        const said = verdict(user, action);
        if (!said.offered) return null;
        const reason = said.allowed ? null : codeText(t, "reason", said.reason ?? "needs_permission");
        return (
          <MenuItem key={action} reason={reason} onClick={() => onAsk(action)}>
            {t(`users.${action}`)}
          </MenuItem>
        );
      })}
    </Menu>
  );
}
