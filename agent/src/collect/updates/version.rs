//! Versions of Debian packages in order (deb-version(7)).

use std::cmp::Ordering;

/// Which of two versions is the later one.
pub(super) fn compare(one: &str, other: &str) -> Ordering {
    let ((one_epoch, one), (other_epoch, other)) = (epoch(one), epoch(other));
    let by_epoch = || one_epoch.cmp(&other_epoch);
    let ((one, one_revision), (other, other_revision)) = (revision(one), revision(other));
    by_epoch().then_with(|| part(one, other)).then_with(|| part(one_revision, other_revision))
}

fn epoch(version: &str) -> (u64, &str) {
    version.split_once(':').map_or((0, version), |(epoch, rest)| (epoch.parse().unwrap_or(0), rest))
}

fn revision(version: &str) -> (&[u8], &[u8]) {
    let (version, revision) = version.rsplit_once('-').unwrap_or((version, ""));
    (version.as_bytes(), revision.as_bytes())
}

/// By turns what is no digit, letters before all else and a tilde before the end, and what is a number.
fn part(mut one: &[u8], mut other: &[u8]) -> Ordering {
    while !one.is_empty() || !other.is_empty() {
        let words = (split(&mut one, |byte| !byte.is_ascii_digit()), split(&mut other, |byte| !byte.is_ascii_digit()));
        let numbers = (split(&mut one, u8::is_ascii_digit), split(&mut other, u8::is_ascii_digit));
        let order = word(words.0, words.1).then_with(|| number(numbers.0, numbers.1));
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

fn split<'a>(text: &mut &'a [u8], is_part: impl Fn(&u8) -> bool) -> &'a [u8] {
    let end = text.iter().position(|byte| !is_part(byte)).unwrap_or(text.len());
    let (head, tail) = text.split_at(end);
    *text = tail;
    head
}

fn word(one: &[u8], other: &[u8]) -> Ordering {
    let weight = |byte: Option<&u8>| match byte {
        Some(b'~') => -1,
        None => 0,
        Some(letter) if letter.is_ascii_alphabetic() => i32::from(*letter),
        Some(sign) => i32::from(*sign) + 256,
    };
    let longest = one.len().max(other.len());
    let orders = (0..longest).map(|at| weight(one.get(at)).cmp(&weight(other.get(at))));
    orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

fn number(one: &[u8], other: &[u8]) -> Ordering {
    let trim = |digits: &[u8]| digits.iter().skip_while(|digit| **digit == b'0').copied().collect::<Vec<u8>>();
    let (one, other) = (trim(one), trim(other));
    one.len().cmp(&other.len()).then_with(|| one.cmp(&other))
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::compare;

    #[test]
    fn versions_are_in_the_order_in_which_dpkg_puts_them() {
        // Each before the next, as `dpkg --compare-versions … lt …` says.
        let ordered = [
            "0~",
            "0",
            "0.9~rc1-1",
            "0.9-1",
            "0.9-1+b1",
            "0.9-1+deb12u1",
            "0.9-2",
            "0.9a-1",
            "0.9+x-1",
            "0.10-1",
            "1.0~~",
            "1.0~",
            "1.0",
            "1.0a",
            "1.0+",
            "1.0.1",
            "9999999999999999999999",
            "10000000000000000000000",
            "1:0.1",
            "1:1-1",
            "2:0",
        ];
        for (at, one) in ordered.iter().enumerate() {
            assert_eq!(compare(one, one), Ordering::Equal, "{one}");
            for other in &ordered[at + 1..] {
                assert_eq!(
                    (compare(one, other), compare(other, one)),
                    (Ordering::Less, Ordering::Greater),
                    "{one} {other}"
                );
            }
        }
        assert_eq!(compare("1.00", "1.0"), Ordering::Equal);
        assert_eq!(compare("0:1-0", "1-"), Ordering::Equal);
    }
}
