//! Which names are of secrets.

/// What a name says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sensitivity {
    /// Nothing.
    Open,
    /// It is a secret.
    Secret,
    /// It is a secret, or the path of a file that holds one.
    SecretOrPath,
    /// It is a secret if it looks random: many things are called a key.
    SecretIfRandom,
}

impl Sensitivity {
    /// Whether a value under such a name is to be hidden.
    pub(super) fn hides(self, value: &[u8]) -> bool {
        match self {
            Self::Open => false,
            Self::Secret => true,
            Self::SecretOrPath => !is_path(value),
            Self::SecretIfRandom => !is_path(value) && is_random(value),
        }
    }
}

/// Words that hold these anywhere are of secrets.
const WITHIN: [&str; 3] = ["password", "passwd", "passphrase"];
/// Words that end with these are.
const ENDINGS: [&str; 13] = [
    "apikey",
    "authkey",
    "credential",
    "credentials",
    "pass",
    "passcode",
    "passin",
    "passout",
    "pw",
    "pwd",
    "secret",
    "secrets",
    "token",
];
/// These words are.
const WHOLE: [&str; 11] = [
    "accesskey",
    "authorization",
    "authtoken",
    "cookie",
    "jwt",
    "masterauth",
    "pin",
    "privatekey",
    "psk",
    "secretkey",
    "sharedkey",
];
/// These are not, though they end like one.
const INNOCENT: [&str; 6] = ["bypass", "compass", "encompass", "passwordless", "surpass", "trespass"];
/// With one of these before it, a key is a secret.
const KEYS: [&str; 13] = [
    "access",
    "account",
    "api",
    "auth",
    "encryption",
    "license",
    "master",
    "private",
    "secret",
    "service",
    "shared",
    "signing",
    "storage",
];
/// With one of these at its end, a name is of something about the secret.
const ABOUT: [&str; 37] = [
    "age",
    "algorithm",
    "backend",
    "command",
    "count",
    "dir",
    "directory",
    "enabled",
    "endpoint",
    "env",
    "expiry",
    "fd",
    "file",
    "files",
    "format",
    "helper",
    "ids",
    "interval",
    "length",
    "lifetime",
    "limit",
    "max",
    "min",
    "mode",
    "name",
    "names",
    "only",
    "path",
    "policy",
    "prompt",
    "provider",
    "size",
    "stdin",
    "timeout",
    "ttl",
    "type",
    "url",
];

/// Judges an option's, variable's or field's name.
pub(super) fn judge(name: &[u8]) -> Sensitivity {
    let words = words(name);
    let last = words.last().map(String::as_str).unwrap_or_default();
    if ABOUT.contains(&last) || (last == "id" && !words.iter().any(|word| word == "secret")) {
        return Sensitivity::Open;
    }
    if words.iter().any(|word| is_secret_word(word)) {
        return Sensitivity::Secret;
    }
    if words.windows(2).any(|pair| matches!(pair, [kind, key] if key == "key" && KEYS.contains(&kind.as_str()))) {
        return Sensitivity::SecretOrPath;
    }
    if last == "key" { Sensitivity::SecretIfRandom } else { Sensitivity::Open }
}

fn is_secret_word(word: &str) -> bool {
    let is_secret = WITHIN.iter().any(|part| word.contains(part))
        || ENDINGS.iter().any(|ending| word.ends_with(ending))
        || WHOLE.contains(&word);
    is_secret && !INNOCENT.contains(&word)
}

/// `dbPassword`, `DB_PASSWORD`, `db.password`, `--db-password` → `db`, `password`.
fn words(name: &[u8]) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for byte in name {
        let begins_word = !byte.is_ascii_alphanumeric() || (byte.is_ascii_uppercase() && was_lower);
        if begins_word && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (byte.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(char::from(byte.to_ascii_lowercase()));
        }
        was_lower = byte.is_ascii_lowercase() || byte.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_path(value: &[u8]) -> bool {
    ["/", "./", "../", "~", "file:", "@/"].iter().any(|start| value.starts_with(start.as_bytes()))
}

/// At least 20 characters with digits among letters.
fn is_random(value: &[u8]) -> bool {
    value.len() >= 20 && value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::{Sensitivity, judge};

    #[test]
    fn names_of_secrets_are_known_however_they_are_written() {
        for name in [
            "--password",
            "-password",
            "PGPASSWORD",
            "MYSQL_PWD",
            "dbPassword",
            "db.password",
            "spring.datasource.password",
            "DB_PASS",
            "requirepass",
            "bindpw",
            "API_TOKEN",
            "--auth-token",
            "accessToken",
            "client_secret",
            "SECRET_KEY_BASE",
            "passphrase",
            "-storepass",
            "secret-id",
            "apikey",
            "X-Auth-Token",
            "masterauth",
            "passwd1",
            "Cookie",
            "JWT",
            "wpa-psk",
            "GH_TOKEN",
            "--passin",
            "Authorization",
            "credentials",
            "aws_secret_access_key",
        ] {
            assert_eq!(judge(name.as_bytes()), Sensitivity::Secret, "{name}");
        }
        for name in ["--api-key", "AccountKey", "apiKey", "private_key", "encryption.key", "X-Api-Key"] {
            assert_eq!(judge(name.as_bytes()), Sensitivity::SecretOrPath, "{name}");
        }
    }

    #[test]
    fn names_of_other_things_are_left_alone() {
        for name in [
            "--password-file",
            "--token-path",
            "--secret-name",
            "PASSWORD_FILE",
            "--token-ttl",
            "--max-tokens",
            "--tokenizer",
            "--bypass",
            "AWS_ACCESS_KEY_ID",
            "--user",
            "--compass",
            "-p",
            "",
            "--password-stdin",
            "--passenger",
            "passwordless",
            "keyring",
            "--token-url",
            "client_id",
            "spin",
            "--pinned",
        ] {
            assert_eq!(judge(name.as_bytes()), Sensitivity::Open, "{name}");
        }
    }

    #[test]
    fn a_key_is_hidden_if_it_is_none_of_a_file() {
        assert!(judge(b"--api-key").hides(b"abc"));
        assert!(!judge(b"--private-key").hides(b"/etc/ssl/private/a.pem"));
        assert!(judge(b"--key").hides(b"0123456789abcdef0123"));
        assert!(!judge(b"--key").hides(b"customer"));
        assert!(!judge(b"--key").hides(b"/etc/ssl/private/0123456789.pem"));
    }
}
