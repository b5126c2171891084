//! Takes secrets out of command lines.
//!
//! Does: hide the values of options, variables, fields, headers and URLs that are secret by their name, their place
//! or their form.
//! Does not: promise to find a secret that nothing says is one, as a bare word.
//!
//! Invariants: what is hidden is replaced by `***`, whatever its length; when in doubt it is hidden.

mod name;
mod program;
mod scrub;

use self::name::{Sensitivity, judge};
use self::program::{Flag, Value};
use self::scrub::scrub;

/// What stands in a secret's place.
const HIDDEN: &[u8] = b"***";

/// The arguments of a process, joined by spaces, without their secrets.
pub(in crate::collect) fn command_line(arguments: &[&[u8]]) -> Vec<u8> {
    let mut reader = Reader::default();
    let cleaned: Vec<Vec<u8>> = arguments.iter().map(|argument| reader.argument(argument)).collect();
    cleaned.join(&b' ')
}

/// What the words before say of the next one.
#[derive(Debug, Clone, Copy)]
enum Next {
    /// It is the value of something of this sensitivity.
    Value(Sensitivity),
    /// Its part behind this byte is a secret.
    After(u8),
}

/// Reads words in their order.
#[derive(Debug, Default)]
struct Reader {
    next: Option<Next>,
    flags: &'static [Flag],
}

impl Reader {
    /// One argument. One with spaces in it is a text: a script for a shell, or a title that a process gave itself.
    fn argument(&mut self, argument: &[u8]) -> Vec<u8> {
        if let Some(next) = self.next.take().filter(|_| !is_option(argument)) {
            return hide(next, argument);
        }
        if !argument.iter().any(u8::is_ascii_whitespace) {
            return self.word(argument);
        }
        if let Some(clean) = assignment(argument) {
            return clean;
        }
        let mut inner = Self { next: None, flags: self.flags };
        let clean = inner.text(&scrub(argument));
        self.flags = inner.flags;
        clean
    }

    /// The words of a text. A value in quotes may go over several of them.
    fn text(&mut self, text: &[u8]) -> Vec<u8> {
        let mut clean = Vec::with_capacity(text.len());
        let mut open_quote = None;
        for piece in text.split_inclusive(u8::is_ascii_whitespace) {
            let length = piece.iter().position(u8::is_ascii_whitespace).unwrap_or(piece.len());
            let (word, space) = piece.split_at(length);
            if let Some(quote) = open_quote {
                open_quote = Some(quote).filter(|quote| word.last() != Some(quote));
                continue;
            }
            if self.next.is_some() && !is_option(word) {
                open_quote = word
                    .first()
                    .copied()
                    .filter(|quote| matches!(quote, b'\'' | b'"') && (word.len() == 1 || word.last() != Some(quote)));
            }
            let bare = word.iter().position(|byte| !matches!(byte, b'\'' | b'"')).unwrap_or(0);
            let is_quoted_option = self.next.is_none() && bare > 0;
            let (quotes, word) = if is_quoted_option { word.split_at(bare) } else { (&b""[..], word) };
            clean.extend_from_slice(quotes);
            if !word.is_empty() {
                match self.next.take().filter(|_| !is_option(word)) {
                    Some(next) => clean.extend(hide(next, word)),
                    None => clean.extend(self.word(word)),
                }
            }
            clean.extend_from_slice(space);
        }
        clean
    }

    /// A word that is no value of an option before it.
    fn word(&mut self, word: &[u8]) -> Vec<u8> {
        if let Some(clean) = assignment(word) {
            return clean;
        }
        if let Some(clean) = self.short_option(word) {
            return clean;
        }
        if is_name_of_next(word) {
            self.next = Some(Next::Value(judge(word)));
        }
        if let Some(flags) = program::options(word).filter(|_| !word.starts_with(b"--")) {
            self.flags = flags;
        }
        scrub(word)
    }

    fn short_option(&mut self, word: &[u8]) -> Option<Vec<u8>> {
        let flag = self.flags.iter().find(|flag| word.starts_with(flag.text.as_bytes()))?;
        let value = word.get(flag.text.len()..)?;
        let next = match flag.value {
            Value::Secret => Next::Value(Sensitivity::Secret),
            Value::After(separator) => Next::After(separator),
        };
        if value.is_empty() {
            self.next = flag.may_be_apart.then_some(next);
            return Some(word.to_vec());
        }
        // `--user=x` belongs to `--user`, `--username` does not.
        let is_long = flag.text.starts_with("--");
        if is_long && !value.starts_with(b"=") {
            return None;
        }
        let mut clean = flag.text.as_bytes().to_vec();
        clean.extend(hide(next, value));
        Some(clean)
    }
}

fn hide(next: Next, value: &[u8]) -> Vec<u8> {
    match next {
        Next::Value(sensitivity) if sensitivity.hides(value) => HIDDEN.to_vec(),
        Next::Value(_) => scrub(value),
        Next::After(separator) => match value.iter().position(|byte| *byte == separator) {
            Some(place) => [value.get(..=place).unwrap_or_default(), HIDDEN].concat(),
            None => scrub(value),
        },
    }
}

/// `--name=value` and `NAME=value` with a secret, of which the whole rest is the value.
fn assignment(word: &[u8]) -> Option<Vec<u8>> {
    let equals = word.iter().position(|byte| *byte == b'=')?;
    let (name, value) = (word.get(..equals)?, word.get(equals + 1..)?);
    let is_name = name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':'));
    let is_new = !value.is_empty() && !value.starts_with(HIDDEN);
    let is_hidden = is_name && is_new && judge(name).hides(value);
    is_hidden.then(|| [name, b"=", HIDDEN].concat())
}

/// `--token`, `-storepass`, or a bare `db_password`: the next word is the value.
fn is_name_of_next(word: &[u8]) -> bool {
    let is_name = word.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let is_marked = word.starts_with(b"-") || word.contains(&b'_') || word == b"requirepass" || word == b"masterauth";
    is_name && is_marked && judge(word) != Sensitivity::Open
}

/// `-x`, `--word` or `--word=…`: what a value hardly ever looks like.
fn is_option(word: &[u8]) -> bool {
    match word {
        [b'-', letter] => letter.is_ascii_alphabetic(),
        [b'-', b'-', first, rest @ ..] => {
            let name = rest.split(|byte| *byte == b'=').next().unwrap_or_default();
            first.is_ascii_lowercase() && name.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'-')
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::command_line;

    fn clean(arguments: &[&str]) -> String {
        let arguments: Vec<&[u8]> = arguments.iter().map(|argument| argument.as_bytes()).collect();
        String::from_utf8(command_line(&arguments)).unwrap()
    }

    #[track_caller]
    fn check(arguments: &[&str], expected: &str) {
        assert_eq!(clean(arguments), expected, "{arguments:?}");
    }

    #[test]
    fn long_options_lose_their_secret_in_both_forms() {
        check(&["app", "--password=x y"], "app --password=***");
        check(&["app", "--password", "x y", "--port", "80"], "app --password *** --port 80");
        check(&["app", "-password", "x"], "app -password ***");
        check(&["keytool", "-storepass", "changeit", "-list"], "keytool -storepass *** -list");
        check(
            &["java", "-Dspring.datasource.password=x", "-jar", "a.jar"],
            "java -Dspring.datasource.password=*** -jar a.jar",
        );
        check(&["app", "--auth-token", "abc", "run"], "app --auth-token *** run");
        check(&["app", "--password", "-hunter2"], "app --password ***");
        check(&["app", "--db.pass=p", "--api-key", "k"], "app --db.pass=*** --api-key ***");
    }

    #[test]
    fn an_option_that_asks_for_the_secret_hides_no_other_option() {
        check(&["psql", "--password", "-h", "db"], "psql --password -h db");
        check(&["psql", "--password", "--host=db"], "psql --password --host=db");
        check(&["mysql", "-p", "shop"], "mysql -p shop");
    }

    #[test]
    fn files_and_other_things_about_secrets_stay_readable() {
        check(&["app", "--password-file", "/etc/pw"], "app --password-file /etc/pw");
        check(&["app", "--private-key", "/etc/ssl/a.pem"], "app --private-key /etc/ssl/a.pem");
        check(&["llm", "--tokenizer", "bert", "--max-tokens", "9"], "llm --tokenizer bert --max-tokens 9");
    }

    #[test]
    fn variables_lose_their_secret() {
        check(&["env", "TOKEN=abc", "PATH=/bin", "app"], "env TOKEN=*** PATH=/bin app");
        check(
            &["docker", "run", "-e", "MYSQL_ROOT_PASSWORD=x", "-p", "80:80", "img"],
            "docker run -e MYSQL_ROOT_PASSWORD=*** -p 80:80 img",
        );
    }

    #[test]
    fn short_options_of_known_programs_lose_their_secret() {
        check(&["/usr/bin/mysql", "-uroot", "-psecret", "db"], "/usr/bin/mysql -uroot -p*** db");
        check(&["mysqldump", "-psecret"], "mysqldump -p***");
        check(&["sshpass", "-p", "x", "ssh", "h"], "sshpass -p *** ssh h");
        check(&["sshpass", "-px", "ssh", "h"], "sshpass -p*** ssh h");
        check(&["redis-cli", "-h", "c", "-a", "x"], "redis-cli -h c -a ***");
        check(&["ldapsearch", "-D", "cn=a", "-w", "x"], "ldapsearch -D cn=a -w ***");
        check(&["curl", "-u", "me:x", "https://h"], "curl -u me:*** https://h");
        check(&["curl", "--user=me:x"], "curl --user=me:***");
        check(&["curl", "-H", "Authorization: Bearer abcdefghijk"], "curl -H Authorization: ***");
        check(&["smbclient", "-U", "u%p", "//h/s"], "smbclient -U u%*** //h/s");
        check(&["docker", "login", "-u", "me", "-p", "x", "reg"], "docker login -u me -p *** reg");
        check(&["sudo", "-u", "app", "mongosh", "-p", "x"], "sudo -u app mongosh -p ***");
        check(&["openssl", "enc", "-k", "x", "-passin", "pass:y"], "openssl enc -k *** -passin ***");
        check(&["snmpwalk", "-v2c", "-c", "private", "h"], "snmpwalk -v2c -c *** h");
    }

    #[test]
    fn short_options_of_other_programs_stay() {
        check(&["ssh", "-p", "2222", "h"], "ssh -p 2222 h");
        check(&["nginx", "-p", "/srv"], "nginx -p /srv");
        check(&["cp", "-p", "a", "b"], "cp -p a b");
    }

    #[test]
    fn scripts_for_a_shell_are_read_word_by_word() {
        check(&["sh", "-c", "mysql -psecret db"], "sh -c mysql -p*** db");
        check(&["sh", "-c", "app --password 'a b c' --port 80"], "sh -c app --password *** --port 80");
        check(&["sh", "-c", "app --password \"x\" run"], "sh -c app --password *** run");
        check(&["bash", "-lc", "export DB_PASSWORD=x; exec app"], "bash -lc export DB_PASSWORD=***; exec app");
        check(
            &["sh", "-c", "curl -H 'X-Api-Key: abc' https://u:p@h/"],
            "sh -c curl -H 'X-Api-Key: ***' https://u:***@h/",
        );
        check(&["sh", "-c", "PASSWORD=a b"], "sh -c PASSWORD=***");
    }

    #[test]
    fn connection_strings_lose_their_secret() {
        check(&["app", "Server=db;User Id=sa;Password=x;"], "app Server=db;User Id=sa;Password=***;");
        check(&["app", "--dsn", "postgres://u:p@h/d"], "app --dsn postgres://u:***@h/d");
        check(&["app", "--dsn=host=h password=p dbname=d"], "app --dsn=host=h password=*** dbname=d");
        check(&["mount", "-o", "username=u,password=p"], "mount -o username=u,password=***");
    }

    #[test]
    fn bare_names_hide_what_follows() {
        check(
            &["aws", "configure", "set", "aws_secret_access_key", "x"],
            "aws configure set aws_secret_access_key ***",
        );
        check(&["redis-cli", "config", "set", "requirepass", "x"], "redis-cli config set requirepass ***");
        check(&["passwd", "root"], "passwd root");
    }

    #[test]
    fn ordinary_command_lines_stay_as_they_are() {
        for line in [
            &["/usr/sbin/sshd", "-D", "-o", "PermitRootLogin=no"][..],
            &["sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"],
            &["/usr/bin/python3", "-m", "http.server", "8000"],
            &["postgres", "-D", "/var/lib/postgresql/15/main", "-c", "config_file=/etc/p.conf"],
            &["/sbin/init"],
            &[],
            &["", "", ""],
        ] {
            check(line, &line.join(" "));
        }
    }

    proptest! {
        #[test]
        fn a_secret_of_any_form_is_never_shown(secret in "[A-Za-z0-9!#%+*]{6,24}", name in "(--|-)(db-)?(password|token|secret|apikey)") {
            let option = format!("{name}={secret}");
            prop_assert!(!clean(&["app", &option]).contains(&secret));
            prop_assert!(!clean(&["app", &name, &secret]).contains(&secret));
            let url = format!("postgres://user:{secret}@host/db");
            prop_assert!(!clean(&["app", &url]).contains(&secret));
            let script = format!("exec app {name} '{secret}' --port 80");
            prop_assert!(!clean(&["sh", "-c", &script]).contains(&secret));
        }

        #[test]
        fn any_arguments_are_read_without_harm(arguments: Vec<Vec<u8>>) {
            let arguments: Vec<&[u8]> = arguments.iter().map(Vec::as_slice).collect();
            let longest: usize = arguments.iter().map(|argument| argument.len() * 4 + 4).sum();
            prop_assert!(command_line(&arguments).len() <= longest);
        }
    }
}
