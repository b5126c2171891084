//! The kernel's lists of numbers: `0-3,8` (cpuset(7), "List format").

/// Most numbers a list may name; a kernel has at most 8 192 processors.
const MOST: usize = 65_536;

/// The numbers, sorted; absent where the text is no such list or names too many.
pub(super) fn parse(text: &str) -> Option<Vec<u32>> {
    let mut numbers = Vec::new();
    for part in text.trim().split(',').filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        let length = usize::try_from(last.checked_sub(first)?).ok()?;
        if numbers.len() + length >= MOST {
            return None;
        }
        numbers.extend(first..=last);
    }
    numbers.sort_unstable();
    numbers.dedup();
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn ranges_and_single_numbers_are_read() {
        assert_eq!(parse("0-2,8\n"), Some(vec![0, 1, 2, 8]));
        assert_eq!(parse(""), Some(vec![]));
    }

    #[test]
    fn what_is_no_list_is_refused_whatever_its_size() {
        for text in ["a", "3-1", "0-4294967295", "1,,x", "-"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
