//! What a unit's file and its drop-ins say (systemd.syntax(7)).

use super::search::{Found, Units};
use crate::collect::failure::Failure;
use crate::collect::host::Host;

const LIMIT: usize = 1 << 20;

/// The settings that matter here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fragment {
    pub(super) description: Option<String>,
    pub(super) user: Option<String>,
    pub(super) program: Option<String>,
    /// It is done when its program ends: while it starts it is on its way to inactive.
    pub(super) ends_by_itself: bool,
}

#[derive(Debug, Default)]
struct Settings {
    description: Option<String>,
    user: Option<String>,
    is_dynamic_user: bool,
    commands: Vec<String>,
    is_oneshot: bool,
    remains: bool,
}

/// Reads the unit's file, then its drop-ins, which override it. A file that links to nothing says nothing.
pub(super) fn read(host: &Host, units: &Units, found: &Found) -> Result<Fragment, Failure> {
    let mut settings = Settings::default();
    let drop_ins = units.drop_ins(host, &found.name)?;
    for path in std::iter::once(&found.path).chain(&drop_ins) {
        settings.take(&text(host, path)?);
    }
    Ok(settings.of_unit(&found.name))
}

/// `/dev/null` in place of a file is an empty one.
pub(in crate::collect) fn text(host: &Host, path: &str) -> Result<String, Failure> {
    if host.link(path).is_some_and(|target| target.ends_with("dev/null")) {
        return Ok(String::new());
    }
    let bytes = host.find(path, LIMIT)?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The assignments of a file with their sections. Lines that end with a backslash go on in the next.
pub(in crate::collect) fn assignments(text: &str) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let mut section = String::new();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';']));
    while let Some(line) = lines.next() {
        let mut line = line.to_owned();
        while let Some(begun) = line.strip_suffix('\\') {
            line = format!("{begun} {}", lines.next().unwrap_or_default());
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
        } else if let Some((name, value)) = line.split_once('=') {
            found.push((section.clone(), name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    found
}

impl Settings {
    fn take(&mut self, text: &str) {
        let present = |value: &str| (!value.is_empty()).then(|| value.to_owned());
        for (section, name, value) in assignments(text) {
            match (section.as_str(), name.as_str()) {
                ("Unit", "Description") => self.description = present(&value),
                ("Service", "User") => self.user = present(&value),
                ("Service", "DynamicUser") => self.is_dynamic_user = is_true(&value),
                ("Service", "Type") => self.is_oneshot = value == "oneshot",
                ("Service", "RemainAfterExit") => self.remains = is_true(&value),
                // An empty value takes back what was assigned before.
                ("Service", "ExecStart") if value.is_empty() => self.commands.clear(),
                ("Service", "ExecStart") => self.commands.push(value),
                _ => {}
            }
        }
    }

    fn of_unit(self, name: &str) -> Fragment {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let dynamic = || self.is_dynamic_user.then(|| stem.split('@').next().unwrap_or(stem).to_owned());
        Fragment {
            description: self.description.map(|text| expand(&text, name)),
            user: self.user.map(|user| expand(&user, name)).or_else(dynamic),
            program: self.commands.first().and_then(|command| program(command)).map(|text| expand(&text, name)),
            ends_by_itself: self.is_oneshot && !self.remains,
        }
    }
}

pub(in crate::collect) fn is_true(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "1" | "yes" | "true" | "on" | "y" | "t")
}

/// The first word, without the marks that may stand before it (systemd.service(5), "Command lines").
fn program(command: &str) -> Option<String> {
    let command = command.trim_start_matches(['@', '-', ':', '+', '!', '|']);
    let word = match command.chars().next()? {
        quote @ ('"' | '\'') => command.get(1..)?.split(quote).next()?,
        _ => command.split_whitespace().next()?,
    };
    (!word.is_empty()).then(|| word.to_owned())
}

/// The specifiers that follow from the unit's name (systemd.unit(5), "Specifiers"); others stay as they are.
pub(in crate::collect) fn expand(text: &str, name: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let (prefix, instance) = stem.split_once('@').unwrap_or((stem, ""));
    let mut expanded = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            expanded.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => expanded.push_str(name),
            Some('N') => expanded.push_str(stem),
            Some('p' | 'P') => expanded.push_str(prefix),
            Some('i' | 'I') => expanded.push_str(instance),
            Some('%') | None => expanded.push('%'),
            Some(other) => expanded.extend(['%', other]),
        }
    }
    expanded
}

#[cfg(test)]
mod tests {
    use super::{Fragment, Settings, expand, program};

    fn read(name: &str, texts: &[&str]) -> Fragment {
        let mut settings = Settings::default();
        for text in texts {
            settings.take(text);
        }
        settings.of_unit(name)
    }

    #[test]
    fn drop_ins_override_and_an_empty_command_takes_back_the_one_before() {
        let own =
            "[Unit]\nDescription=Web \\\n  server\n[Service]\nUser=www\nExecStart=/usr/sbin/web -g\n# ExecStart=/x\n";
        assert_eq!(
            read("web.service", &[own]),
            Fragment {
                description: Some("Web  server".to_owned()),
                user: Some("www".to_owned()),
                program: Some("/usr/sbin/web".to_owned()),
                ends_by_itself: false,
            }
        );
        let changed = read("web.service", &[own, "[Service]\nExecStart=\nExecStart=-/opt/web\nUser=\n"]);
        assert_eq!((changed.user, changed.program.as_deref()), (None, Some("/opt/web")));
    }

    #[test]
    fn a_oneshot_ends_by_itself_unless_it_remains() {
        assert!(read("a.service", &["[Service]\nType=oneshot\n"]).ends_by_itself);
        assert!(!read("a.service", &["[Service]\nType=oneshot\nRemainAfterExit=yes\n"]).ends_by_itself);
    }

    #[test]
    fn a_dynamic_user_is_named_after_the_unit() {
        assert_eq!(read("exporter@1.service", &["[Service]\nDynamicUser=yes\n"]).user.as_deref(), Some("exporter"));
    }

    #[test]
    fn marks_and_quotes_are_no_part_of_the_program() {
        assert_eq!(program("-@/usr/bin/a b"), Some("/usr/bin/a".to_owned()));
        assert_eq!(program("!!\"/opt/my app/x\" y"), Some("/opt/my app/x".to_owned()));
        assert_eq!(program("-"), None);
    }

    #[test]
    fn specifiers_of_the_name_are_filled_in() {
        assert_eq!(expand("Getty on %I (%n) 5%% %h", "getty@tty1.service"), "Getty on tty1 (getty@tty1.service) 5% %h");
    }
}
