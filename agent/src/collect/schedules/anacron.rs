//! Jobs of anacron: lines of anacrontab(5).

use terrier_shared::latest::section::schedules::CronJob;
use terrier_shared::latest::text::Text;

use super::crontab::{is_setting, shown, word};
use crate::collect::bounds::clip;

/// The jobs of the file, all root's. What anacron could not read is passed over.
pub(super) fn jobs(file: &str, bytes: &[u8]) -> Vec<CronJob> {
    bytes.split(|byte| *byte == b'\n').zip(1..).filter_map(|(line, number)| job(file, line, number)).collect()
}

fn job(file: &str, line: &[u8], number: u32) -> Option<CronJob> {
    let line = line.trim_ascii();
    if line.starts_with(b"#") || is_setting(line) {
        return None;
    }
    let ((period, rest), text) = (word(line), |word| String::from_utf8_lossy(word).into_owned());
    let ((delay, rest), is_number) = (word(rest), |word: &[u8]| word.iter().all(u8::is_ascii_digit));
    let (name, command) = word(rest);
    let command = command.trim_ascii();
    let is_job = (period.starts_with(b"@") || is_number(period)) && is_number(delay) && !command.is_empty();
    is_job.then(|| CronJob {
        file: Text::from(file),
        line: Some(number),
        when: clip([period, delay, name].map(text).join(" ")),
        user: "root".to_owned(),
        command: shown(command),
    })
}

#[cfg(test)]
mod tests {
    use super::jobs;

    #[test]
    fn period_delay_and_name_say_when() {
        let text = b"SHELL=/bin/sh\nSTART_HOURS_RANGE = 3-22\n# c\n7\t10\tcron.weekly\tnice run-parts /w\n\
            @monthly 15 m run\n1 x y z\n1 2 3\n\xff\n";
        let found: Vec<_> = jobs("/f", text).into_iter().map(|job| (job.when, job.line)).collect();
        assert_eq!(found, [("7 10 cron.weekly".to_owned(), Some(4)), ("@monthly 15 m".to_owned(), Some(5))]);
    }
}
