//! Lines of crontab(5).

use terrier_shared::latest::limits::COMMAND_LINE_BYTES;
use terrier_shared::latest::section::schedules::CronJob;
use terrier_shared::latest::text::Text;

use crate::collect::bounds::{clip, clip_bytes};
use crate::collect::processes::redact;

/// Whose jobs a file holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner<'a> {
    /// One user's, whose name is the file's.
    User(&'a str),
    /// Each line names its user, as in `/etc/crontab`.
    Named,
}

/// Words that stand for a schedule.
const WORDS: [&str; 8] = ["@reboot", "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
const FIELDS: usize = 5;

/// The jobs of a file. What cron could not read is passed over, as are settings of its environment.
pub(super) fn jobs(file: &str, bytes: &[u8], owner: Owner<'_>) -> Vec<CronJob> {
    let lines = bytes.split(|byte| *byte == b'\n').zip(1..);
    lines.filter_map(|(line, number)| job(file, line, number, owner)).collect()
}

fn job(file: &str, line: &[u8], number: u32, owner: Owner<'_>) -> Option<CronJob> {
    let line = line.trim_ascii();
    if line.starts_with(b"#") || is_setting(line) {
        return None;
    }
    // A dash in front keeps the job out of the log (cronie).
    let (when, rest) = schedule(line.strip_prefix(b"-").unwrap_or(line))?;
    let (user, command) = match owner {
        Owner::User(user) => (user.to_owned(), rest),
        Owner::Named => {
            let (user, command) = word(rest);
            (String::from_utf8_lossy(user).into_owned(), command)
        }
    };
    let command = without_input(command.trim_ascii());
    let is_whole = !user.is_empty() && !command.is_empty();
    is_whole.then(|| CronJob {
        file: Text::from(file),
        line: Some(number),
        when: clip(when),
        user: clip(user),
        command: shown(&command),
    })
}

/// The command of a job, a script for a shell, without its secrets.
pub(super) fn shown(command: &[u8]) -> Text {
    clip_bytes(&redact::command_line(&[command]), COMMAND_LINE_BYTES)
}

/// `NAME = value`, of which the name may stand in quotes.
pub(super) fn is_setting(line: &[u8]) -> bool {
    let rest = match line.first() {
        Some(quote @ (b'"' | b'\'')) => line.get(1..).and_then(|rest| {
            let end = rest.iter().position(|byte| byte == quote)?;
            rest.get(end + 1..)
        }),
        _ => line.get(line.iter().position(|byte| *byte == b'=' || byte.is_ascii_whitespace()).unwrap_or(0)..),
    };
    rest.is_some_and(|rest| rest.trim_ascii_start().starts_with(b"="))
}

/// The schedule in its own words, one blank between them, and what follows.
fn schedule(line: &[u8]) -> Option<(String, &[u8])> {
    let (first, after) = word(line);
    if first.starts_with(b"@") {
        let name = std::str::from_utf8(first).ok()?.to_ascii_lowercase();
        return WORDS.contains(&name.as_str()).then_some((name, after));
    }
    let mut fields = Vec::with_capacity(FIELDS);
    let mut rest = line;
    for _ in 0..FIELDS {
        let (field, after) = word(rest);
        let is_field = !field.is_empty()
            && field
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b',' | b'-' | b'/' | b'~'));
        fields.push(is_field.then(|| std::str::from_utf8(field).ok()).flatten()?);
        rest = after;
    }
    let is_time = fields.first()?.starts_with(|c: char| c == '*' || c == '~' || c.is_ascii_digit());
    is_time.then(|| (fields.join(" "), rest))
}

/// The first word and what is behind it.
pub(super) fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let text = text.trim_ascii_start();
    text.split_at(text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len()))
}

/// What is behind a `%` is input for the command; `\%` is a percent sign.
fn without_input(command: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(command.len());
    for byte in command {
        if *byte != b'%' {
            kept.push(*byte);
        } else if kept.last() == Some(&b'\\') {
            kept.pop();
            kept.push(b'%');
        } else {
            break;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Owner, jobs};

    fn read(text: &str, owner: Owner<'_>) -> Vec<(u32, String, String, String)> {
        let jobs = jobs("/f", text.as_bytes(), owner).into_iter();
        jobs.map(|j| (j.line.unwrap(), j.when, j.user, j.command.to_lossy().into_owned())).collect()
    }

    fn one(line: &str, owner: Owner<'_>) -> (String, String, String) {
        let (_, when, user, command) = read(line, owner).remove(0);
        (when, user, command)
    }

    #[test]
    fn jobs_are_told_from_settings_comments_and_what_cron_cannot_read() {
        let text = "SHELL=/bin/sh\n'MAIL TO' = x\nFOO =1 2 3 4 5 root x\n# 1 2 3 4 5 root x\n\n\
            \t*/5  1-3 1,15 jan-mar\tmon  root  run  it\n* * * * root\n@hourlyish root x\nmailto me 3 4 5 root x\n\
            61% 2 3 4 5 root x\n@reboot root start\n-0 0 * * 7 root quiet\n";
        let found = read(text, Owner::Named);
        let jobs: Vec<_> = found.iter().map(|(n, w, u, c)| (*n, w.as_str(), u.as_str(), c.as_str())).collect();
        assert_eq!(
            jobs,
            [
                (6, "*/5 1-3 1,15 jan-mar mon", "root", "run  it"),
                (11, "@reboot", "root", "start"),
                (12, "0 0 * * 7", "root", "quiet"),
            ]
        );
    }

    #[test]
    fn a_users_own_table_names_no_user() {
        let expected = ("@daily".to_owned(), "ann".to_owned(), "A=b run".to_owned());
        assert_eq!(one("@Daily A=b run", Owner::User("ann")), expected);
        assert_eq!(one("1 2 3 4 5 run", Owner::User("ann")).2, "run");
    }

    #[test]
    fn input_and_secrets_stay_on_the_host() {
        let command = |text: &str| one(&format!("@daily {text}"), Owner::User("ann")).2;
        assert_eq!(command(r"date +\%F && cat > x%hunter2%x"), "date +%F && cat > x");
        assert_eq!(command("mysqldump -phunter2 shop"), "mysqldump -p*** shop");
        assert_eq!(command("curl https://u:hunter2@h/"), "curl https://u:***@h/");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(bytes: Vec<u8>) {
            prop_assert!(jobs("/f", &bytes, Owner::Named).len() <= bytes.len());
        }
    }
}
