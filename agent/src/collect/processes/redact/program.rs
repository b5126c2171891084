//! Short options that carry secrets in well-known programs.

/// What stands in the value of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// The secret.
    Secret,
    /// A name, this byte, then the secret.
    After(u8),
}

/// An option of a program, and how its value follows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flag {
    pub(super) text: &'static str,
    /// Whether the value may be the next argument; it may always stand in the same one.
    pub(super) may_be_apart: bool,
    pub(super) value: Value,
}

const fn secret(flag: &'static str) -> Flag {
    Flag { text: flag, may_be_apart: true, value: Value::Secret }
}

const fn attached(flag: &'static str) -> Flag {
    Flag { text: flag, may_be_apart: false, value: Value::Secret }
}

const fn after(flag: &'static str, separator: u8) -> Flag {
    Flag { text: flag, may_be_apart: true, value: Value::After(separator) }
}

/// Programs by the beginning of their name.
const PROGRAMS: [(&str, &[Flag]); 33] = [
    ("mysql", &[attached("-p")]),
    ("mariadb", &[attached("-p")]),
    ("mytop", &[secret("-p")]),
    ("7z", &[attached("-p")]),
    ("sshpass", &[secret("-p")]),
    ("mongo", &[secret("-p")]),
    ("redis-cli", &[secret("-a")]),
    ("valkey-cli", &[secret("-a")]),
    ("ldap", &[secret("-w")]),
    ("zip", &[secret("-P")]),
    ("unzip", &[secret("-P")]),
    ("sqlcmd", &[secret("-P")]),
    ("bcp", &[secret("-P")]),
    ("tsql", &[secret("-P")]),
    ("isql", &[secret("-P")]),
    ("mosquitto_", &[secret("-P")]),
    ("ipmitool", &[secret("-P")]),
    ("snmp", &[secret("-c"), secret("-A"), secret("-X")]),
    ("smbclient", &[after("-U", b'%')]),
    ("rpcclient", &[after("-U", b'%')]),
    ("curl", &[after("-u", b':'), after("-U", b':'), after("--user", b':'), after("--proxy-user", b':')]),
    ("wget", &[after("--user", b':')]),
    ("http", &[after("-a", b':'), after("--auth", b':')]),
    ("etcdctl", &[after("--user", b':')]),
    ("lftp", &[after("-u", b',')]),
    ("xfreerdp", &[attached("/p:"), attached("/pwd:"), attached("/gp:")]),
    ("rdesktop", &[secret("-p")]),
    ("openssl", &[secret("-k"), secret("-K")]),
    ("skopeo", &[after("--creds", b':'), after("--src-creds", b':'), after("--dest-creds", b':')]),
    ("amtterm", &[secret("-p")]),
    ("cadaver", &[secret("-p")]),
    ("ncftp", &[secret("-p")]),
    // `docker login -p`: before `login`, `-p` is a port.
    ("login", &[secret("-p")]),
];

/// The options of the program that `word` names, if it is one of these.
pub(super) fn options(word: &[u8]) -> Option<&'static [Flag]> {
    let name = word.rsplit(|byte| *byte == b'/').next()?;
    let name = name.strip_prefix(b"-").unwrap_or(name);
    PROGRAMS.iter().find(|(known, _)| name.starts_with(known.as_bytes())).map(|(_, options)| *options)
}
