/** The roles the server knows, from reading to everything. */
export const roles = ["viewer", "operator", "asset_manager", "change_manager", "approver", "auditor", "security_admin", "administrator"] as const;
