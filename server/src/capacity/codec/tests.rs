use proptest::prelude::*;

use super::{Series, decode, encode};

fn series(metric: &str, dimension: Option<&str>, numbers: [f64; 4]) -> Series {
    let [min, mean, max, p95] = numbers;
    Series { metric: metric.to_owned(), dimension: dimension.map(str::to_owned), count: 5, min, mean, max, p95 }
}

#[test]
fn bytes_come_back_to_the_unit_and_ratios_to_six_digits() {
    let sent = vec![
        series("memory_used_bytes", None, [0.0, 8_589_934_591.6, 17_179_869_184.0, 17_179_869_184.0]),
        series("filesystem_size_bytes", Some("/var/lib/데이터"), [1e12; 4]),
        series("cpu_busy_ratio", None, [0.012_345_678_9, 0.25, 1.0, 0.987_654_321]),
        series("tea_cups", Some(""), [0.1, 0.2, 0.3, 0.4]),
    ];
    let read = decode(&encode(&sent)).unwrap();
    assert_eq!(read.len(), sent.len());
    assert_eq!(read[0], series("memory_used_bytes", None, [0.0, 8_589_934_592.0, 17_179_869_184.0, 17_179_869_184.0]));
    assert_eq!(read[1], sent[1]);
    for (read, sent) in read.iter().zip(&sent).skip(2) {
        assert_eq!((&read.metric, &read.dimension, read.count), (&sent.metric, &sent.dimension, sent.count));
        for (read, sent) in [(read.min, sent.min), (read.mean, sent.mean), (read.max, sent.max), (read.p95, sent.p95)] {
            assert!((read - sent).abs() <= sent.abs() * 1e-6, "{read} {sent}");
        }
    }
}

#[test]
fn a_usual_host_takes_less_than_half_a_kilobyte_a_window() {
    let busy = |share: f64| [share * 0.1, share * 0.33, share, share * 0.9];
    let mut sent: Vec<_> = super::NAMES[..12].iter().map(|name| series(name, None, busy(0.731))).collect();
    for (name, dimension) in [(12, "sda"), (13, "sda"), (14, "sda"), (15, "eth0"), (16, "eth0")] {
        sent.push(series(super::NAMES[name], Some(dimension), busy(123_456_789.0)));
    }
    for mount in ["/", "/boot", "/var/lib/postgresql"] {
        sent.push(series("filesystem_size_bytes", Some(mount), [1_099_511_627_776.0; 4]));
        sent.push(series("filesystem_used_bytes", Some(mount), busy(54_321_987_654.0)));
        sent.push(series("filesystem_inodes_used_ratio", Some(mount), [0.123_456_7; 4]));
    }
    let size = encode(&sent).len();
    assert!(size < 512, "{size}");
}

proptest! {
    #[test]
    fn whatever_is_encoded_is_decoded(
        metric in "[a-z_]{0,20}(_bytes|_ratio)?",
        dimension: Option<String>,
        count: u32,
        numbers in prop::array::uniform4(-1e18..1e18_f64),
    ) {
        let sent = Series { count, ..series(&metric, dimension.as_deref(), numbers) };
        let read = decode(&encode(std::slice::from_ref(&sent))).unwrap();
        prop_assert_eq!((&read[0].metric, &read[0].dimension, read[0].count), (&sent.metric, &sent.dimension, count));
    }

    #[test]
    fn any_bytes_are_read_or_refused(mut bytes: Vec<u8>, zstd: bool) {
        bytes.splice(0..0, [1, u8::from(zstd)]);
        let _ = decode(&bytes);
    }

    #[test]
    fn a_damaged_body_is_read_or_refused(at: prop::sample::Index, byte: u8) {
        let mut body = encode(&[series("load_1m", Some("x"), [1.0, 2.0, 3.0, 4.0]), series("a_bytes", None, [7.0; 4])]);
        let at = at.index(body.len());
        body[at] = byte;
        let _ = decode(&body);
    }
}
