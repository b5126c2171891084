//! From when until when a certificate holds (RFC 5280, 4.1.2.5).

use super::der::{Element, Elements, GENERALIZED_TIME, UTC_TIME};

const DAY_S: i64 = 86_400;

/// Both ends in seconds since 1970.
pub(super) fn read(mut ends: Elements<'_>) -> Option<(i64, i64)> {
    Some((moment(ends.next()?)?, moment(ends.next()?)?))
}

/// `YYMMDDhhmmssZ`, where 50 is 1950, or `YYYYMMDDhhmmssZ`.
fn moment(time: Element<'_>) -> Option<i64> {
    let digits = time.content.strip_suffix(b"Z")?;
    let (year, rest) = match time.tag {
        UTC_TIME if digits.len() == 12 => {
            let (year, rest) = (number(digits.get(..2)?)?, digits.get(2..)?);
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED_TIME if digits.len() == 14 => (number(digits.get(..4)?)?, digits.get(4..)?),
        _ => return None,
    };
    let pairs: Vec<i64> = rest.chunks(2).map(number).collect::<Option<_>>()?;
    let [month, day, hour, minute, second] = pairs.try_into().ok()?;
    let is_moment = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    is_moment.then(|| days(year, month, day) * DAY_S + hour * 3_600 + minute * 60 + second)
}

fn number(digits: &[u8]) -> Option<i64> {
    let is_number = digits.iter().all(u8::is_ascii_digit);
    is_number.then(|| digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
}

/// Days since 1970 in the Gregorian calendar, of a year that begins in March, so that the leap day is its last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::{Element, GENERALIZED_TIME, UTC_TIME, moment};

    fn at(tag: u8, text: &str) -> Option<i64> {
        moment(Element { tag, content: text.as_bytes(), encoding: &[] })
    }

    #[test]
    fn both_forms_are_seconds_since_1970() {
        assert_eq!(at(UTC_TIME, "700101000000Z"), Some(0));
        assert_eq!(at(UTC_TIME, "491231235959Z"), Some(2_524_607_999));
        assert_eq!(at(UTC_TIME, "500101000000Z"), Some(-631_152_000));
        assert_eq!(at(GENERALIZED_TIME, "20000229123456Z"), Some(951_827_696));
        assert_eq!(at(GENERALIZED_TIME, "99991231235959Z"), Some(253_402_300_799));
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in
            ["", "Z", "20001301000000Z", "20000001000000Z", "20000101240000Z", "2000010100000Z", "2000010100000xZ"]
        {
            assert_eq!(at(GENERALIZED_TIME, text), None, "{text}");
        }
        assert_eq!(at(UTC_TIME, "200001010000Z"), None);
        assert_eq!(at(UTC_TIME, "2001010000+0100"), None);
    }
}
