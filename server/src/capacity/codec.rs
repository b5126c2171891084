//! One host's window of samples as bytes: what `capacity::store` keeps in `capacity_sample.body`.
//!
//! ```text
//! body     = 1 (version) form payload          form: 0 as it is, 1 zstd (RFC 8878)
//! payload  = varint(number of series) series*
//! series   = metric dimension varint(count) shape numbers
//! metric   = index into NAMES | 255 text       text: varint(length) UTF-8
//! dimension= 0 | varint(length + 1) UTF-8
//! shape    = 1 whole numbers + 2 all four equal
//! numbers  = min mean max p95, or min alone when all four are equal
//! ```
//!
//! Varints are LEB128, signed ones zigzag. Whole numbers (every series in bytes) are rounded to the unit, `mean`,
//! `max` and `p95` as their distance from `min`. Other numbers are the upper half of an IEEE 754 double, rounded:
//! six significant digits.

#[cfg(test)]
mod tests;

/// The version written.
const VERSION: u8 = 1;
const PLAIN: u8 = 0;
const ZSTD: u8 = 1;
const OTHER_NAME: u8 = 255;
const WHOLE: u8 = 1;
const EQUAL: u8 = 2;
/// Most bytes of a payload: four times what the wire lets an agent send in one report.
const PAYLOAD_MAX: usize = 4 << 20;
/// Largest whole number that a double holds without loss.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// The metrics that have a number. The list only grows at its end.
const NAMES: [&str; 20] = [
    "cpu_busy_ratio",
    "cpu_user_ratio",
    "cpu_system_ratio",
    "cpu_iowait_ratio",
    "cpu_steal_ratio",
    "load_1m",
    "memory_used_bytes",
    "memory_available_bytes",
    "swap_used_bytes",
    "cpu_pressure_ratio",
    "memory_pressure_ratio",
    "io_pressure_ratio",
    "disk_read_bytes_per_second",
    "disk_write_bytes_per_second",
    "disk_busy_ratio",
    "network_receive_bytes_per_second",
    "network_transmit_bytes_per_second",
    "filesystem_size_bytes",
    "filesystem_used_bytes",
    "filesystem_inodes_used_ratio",
];

/// What one series did in one window.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The metric; its unit is the last word of its name.
    pub metric: String,
    /// Which one of several: a mount point, a block device, an interface.
    pub dimension: Option<String>,
    /// How many samples were taken.
    pub count: u32,
    /// The least of them.
    pub min: f64,
    /// Their arithmetic mean.
    pub mean: f64,
    /// The greatest of them.
    pub max: f64,
    /// Their 95th percentile.
    pub p95: f64,
}

/// Bytes that no version of [`encode`] wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the samples of this window cannot be read")]
pub struct Malformed;

/// The bytes for these series.
#[must_use]
pub fn encode(series: &[Series]) -> Vec<u8> {
    let mut payload = Vec::with_capacity(series.len() * 24);
    put_unsigned(&mut payload, u64::try_from(series.len()).unwrap_or(u64::MAX));
    for one in series {
        put_series(&mut payload, one);
    }
    let (form, payload) = match zstd::bulk::compress(&payload, 3) {
        Ok(smaller) if smaller.len() < payload.len() => (ZSTD, smaller),
        _ => (PLAIN, payload),
    };
    let mut body = Vec::with_capacity(payload.len() + 2);
    body.extend([VERSION, form]);
    body.extend(payload);
    body
}

/// The series in these bytes. Memory is bounded whatever the bytes say.
///
/// # Errors
///
/// [`Malformed`] when this is no body of a known version.
pub fn decode(body: &[u8]) -> Result<Vec<Series>, Malformed> {
    match body {
        [VERSION, PLAIN, payload @ ..] => read_payload(payload),
        [VERSION, ZSTD, payload @ ..] => {
            let payload = zstd::bulk::decompress(payload, PAYLOAD_MAX).map_err(|_error| Malformed)?;
            read_payload(&payload)
        }
        _ => Err(Malformed),
    }
}

fn put_series(out: &mut Vec<u8>, series: &Series) {
    let numbered = NAMES.iter().zip(0_u8..).find(|(name, _)| **name == series.metric);
    if let Some((_, number)) = numbered {
        out.push(number);
    } else {
        out.push(OTHER_NAME);
        put_text(out, &series.metric, 0);
    }
    match &series.dimension {
        None => out.push(0),
        Some(dimension) => put_text(out, dimension, 1),
    }
    put_unsigned(out, u64::from(series.count));
    let whole = is_whole(&series.metric);
    let numbers = [series.min, series.mean, series.max, series.p95].map(|number| Number::of(number, whole));
    let equal = numbers.iter().all(|number| *number == Number::of(series.min, whole));
    out.push(if whole { WHOLE } else { 0 } | if equal { EQUAL } else { 0 });
    let mut least = None;
    for number in numbers.into_iter().take(if equal { 1 } else { 4 }) {
        match number {
            Number::Whole(value) => {
                put_unsigned(out, zigzag(value - least.unwrap_or_default()));
                least = least.or(Some(value));
            }
            Number::Rounded(half) => out.extend(half.to_le_bytes()),
        }
    }
}

fn read_payload(mut payload: &[u8]) -> Result<Vec<Series>, Malformed> {
    let input = &mut payload;
    let count = take_unsigned(input)?;
    // A series takes five bytes at least, so that a count beyond that is a lie and nothing is reserved for it.
    if count > u64::try_from(input.len() / 5).unwrap_or(u64::MAX) {
        return Err(Malformed);
    }
    let series = (0..count).map(|_| take_series(input)).collect::<Result<_, _>>()?;
    if input.is_empty() { Ok(series) } else { Err(Malformed) }
}

fn take_series(input: &mut &[u8]) -> Result<Series, Malformed> {
    let metric = match take_byte(input)? {
        OTHER_NAME => take_text(input, 0)?.ok_or(Malformed)?,
        index => (*NAMES.get(usize::from(index)).ok_or(Malformed)?).to_owned(),
    };
    let dimension = take_text(input, 1)?;
    let count = u32::try_from(take_unsigned(input)?).map_err(|_error| Malformed)?;
    let [min, mean, max, p95] = take_numbers(input)?;
    Ok(Series { metric, dimension, count, min, mean, max, p95 })
}

fn take_numbers(input: &mut &[u8]) -> Result<[f64; 4], Malformed> {
    let shape = take_byte(input)?;
    if shape & !(WHOLE | EQUAL) != 0 {
        return Err(Malformed);
    }
    let mut least = None;
    let mut take = || {
        if shape & WHOLE == 0 {
            let (half, rest) = input.split_first_chunk::<4>().ok_or(Malformed)?;
            *input = rest;
            return Ok(Number::Rounded(u32::from_le_bytes(*half)).value());
        }
        let value = unzigzag(take_unsigned(input)?).checked_add(least.unwrap_or_default()).ok_or(Malformed)?;
        least = least.or(Some(value));
        Ok(Number::Whole(value).value())
    };
    let first = take()?;
    if shape & EQUAL != 0 { Ok([first; 4]) } else { Ok([first, take()?, take()?, take()?]) }
}

/// Whether a metric's values are kept to the whole unit: everything in bytes.
fn is_whole(metric: &str) -> bool {
    metric.ends_with("_bytes") || metric.ends_with("_bytes_per_second")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Number {
    Whole(i64),
    Rounded(u32),
}

impl Number {
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "whole and within ±2^53")]
    fn of(value: f64, whole: bool) -> Self {
        if whole {
            return Self::Whole(value.round().clamp(-WHOLE_MAX, WHOLE_MAX) as i64);
        }
        let half = value.to_bits().saturating_add(1 << 31) >> 32;
        Self::Rounded(u32::try_from(half).unwrap_or_default())
    }

    #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "what was written is within ±2^53")]
    fn value(self) -> f64 {
        match self {
            Self::Whole(value) => value as f64,
            Self::Rounded(half) => f64::from_bits(u64::from(half) << 32),
        }
    }
}

const fn zigzag(value: i64) -> u64 {
    (value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned()
}

const fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

fn put_unsigned(out: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        out.push(u8::try_from(value & 0x7f).unwrap_or_default() | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap_or_default());
}

fn put_text(out: &mut Vec<u8>, text: &str, offset: u64) {
    put_unsigned(out, u64::try_from(text.len()).unwrap_or(u64::MAX).saturating_add(offset));
    out.extend(text.as_bytes());
}

fn take_byte(input: &mut &[u8]) -> Result<u8, Malformed> {
    let (byte, rest) = input.split_first().ok_or(Malformed)?;
    *input = rest;
    Ok(*byte)
}

fn take_unsigned(input: &mut &[u8]) -> Result<u64, Malformed> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = take_byte(input)?;
        let bits = u64::from(byte & 0x7f);
        if shift == 63 && bits > 1 {
            return Err(Malformed);
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Malformed)
}

/// A text whose length was written with `offset` added; none where the length written is less than that.
fn take_text(input: &mut &[u8], offset: u64) -> Result<Option<String>, Malformed> {
    let Some(length) = take_unsigned(input)?.checked_sub(offset) else { return Ok(None) };
    let length = usize::try_from(length).map_err(|_error| Malformed)?;
    let (text, rest) = input.split_at_checked(length).ok_or(Malformed)?;
    *input = rest;
    String::from_utf8(text.to_vec()).map(Some).map_err(|_error| Malformed)
}
