//! What a password must be.

use crate::kernel::invalid::{Fault, Invalid};

/// Fewest bytes.
pub const PASSWORD_MIN: usize = 12;
/// Most bytes; none is ever cut off.
pub const PASSWORD_MAX: usize = 1024;

/// Words that passwords are commonly made of, one a line, in small letters.
const WORDS: &str = include_str!("common_words.txt");

/// Rows of keys and series that fingers follow.
const SERIES: [&str; 6] = [
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "0123456789012345678901234567890123456789",
    "1234567890123456789012345678901234567890",
    "qwertyuiopasdfghjklzxcvbnmqwertyuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
];

/// Refuses a password that is too short, too long, or among the first that an attacker would try.
///
/// The list is our own and works without a network: at most two common words or names of this account with digits and
/// signs around them and the usual exchanges (`p4$$w0rd`), series of keys, and anything that repeats itself.
pub fn check(field: &str, password: &str, login: &str) -> Result<(), Invalid> {
    if password.len() < PASSWORD_MIN {
        return Err(Invalid::beyond(field, Fault::TooShort, 12, "a password has at least 12 bytes"));
    }
    if password.len() > PASSWORD_MAX {
        return Err(Invalid::beyond(field, Fault::TooLong, 1024, "a password has at most 1024 bytes"));
    }
    if is_common(password, login) {
        return Err(Invalid::new(field, Fault::TooCommon, "this password is among the first that others would try"));
    }
    Ok(())
}

fn is_common(password: &str, login: &str) -> bool {
    let lower = password.to_lowercase();
    repeats_itself(&lower) || follows_keys(&lower) || is_words(&lower, login)
}

/// Three different characters at most, or a piece of at most half the length again and again.
fn repeats_itself(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    let distinct: std::collections::BTreeSet<char> = characters.iter().copied().collect();
    let periodic = |period: usize| characters.iter().zip(characters.iter().skip(period)).all(|(one, next)| one == next);
    distinct.len() <= 3 || (1..=characters.len() / 2).any(periodic)
}

fn follows_keys(text: &str) -> bool {
    let backwards: String = text.chars().rev().collect();
    SERIES.iter().any(|series| series.contains(text) || series.contains(&backwards))
}

/// At most two words, once digits and signs are gone or read as the letters they stand for.
fn is_words(text: &str, login: &str) -> bool {
    let login: String = login.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    let letters: String = text.chars().filter(|c| c.is_alphabetic()).collect();
    let read: String = text.chars().filter_map(as_letter).collect();
    let trimmed: String = text.trim_matches(|c: char| !c.is_alphabetic()).chars().filter_map(as_letter).collect();
    [letters, read, trimmed].iter().any(|letters| at_most_two_words(letters, &login))
}

fn as_letter(character: char) -> Option<char> {
    match character {
        '0' => Some('o'),
        '1' | '!' | '|' => Some('i'),
        '3' => Some('e'),
        '4' | '@' => Some('a'),
        '5' | '$' => Some('s'),
        '7' => Some('t'),
        '8' => Some('b'),
        letter if letter.is_alphabetic() => Some(letter),
        _ => None,
    }
}

fn at_most_two_words(letters: &str, login: &str) -> bool {
    let is_word = |text: &str| text.is_empty() || text == login || WORDS.lines().any(|word| word == text);
    let ends = letters.char_indices().map(|(at, _)| at).chain([letters.len()]);
    ends.map(|at| letters.split_at(at)).any(|(one, other)| is_word(one) && is_word(other))
}

#[cfg(test)]
mod tests {
    use super::{WORDS, check};

    #[test]
    fn what_others_would_try_first_is_refused() {
        for common in [
            "password1234",
            "Password123!",
            "p4$$w0rd2026!",
            "administrator",
            "Administrator1",
            "qwertyuiopas",
            "123456789012",
            "098765432109",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "iloveyou2026!",
            "letmeinletmein",
            "welcome-terrier",
            "1qaz2wsx3edc",
            "ada.lovelace",
            "adalovelace2026",
            "dragonmonkey1",
            "000000000000!",
            "ChangeMe12345",
            "!!!!!!!!!!!!!!!!",
        ] {
            let login = if common.starts_with("ada.") { "ada.lovelace" } else { "adalovelace" };
            let refused = check("password", common, login).map_err(|invalid| invalid.fault.name());
            assert_eq!(refused, Err("too_common"), "{common}");
        }
    }

    #[test]
    fn what_nobody_would_try_first_is_taken() {
        for good in ["correct horse battery staple", "vK8#pLq2zR!m", "말은 건전지를 옳게", "seven blue teapots sing"]
        {
            assert_eq!(check("password", good, "ada"), Ok(()), "{good}");
        }
    }

    #[test]
    fn a_password_has_12_to_1024_bytes() {
        let fault = |length: usize| {
            let password: String = "vK8#pLq2zR!m-".chars().cycle().take(length - 1).chain(['x']).collect();
            check("password", &password, "ada").err().map(|invalid| invalid.fault.name())
        };
        assert_eq!(fault(11), Some("too_short"));
        assert_eq!(fault(12), None);
        assert_eq!(fault(1025), Some("too_long"));
    }

    #[test]
    fn the_list_is_in_small_letters_without_blank_lines() {
        assert!(WORDS.lines().count() >= 300);
        assert!(WORDS.lines().all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase())));
    }
}
