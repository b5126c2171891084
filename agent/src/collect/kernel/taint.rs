//! Why the kernel says that it is tainted (admin-guide/tainted-kernels.rst).

use crate::collect::host::Host;

const PLACE: &str = "/proc/sys/kernel/tainted";
/// By bit; of the first, `G` would say that it is not set.
const LETTERS: &str = "PFSRMBUDAWCIOELKXTNJ";

/// The letters, in the kernel's order; a bit of a later kernel by its number.
pub(super) fn read(host: &Host) -> Vec<String> {
    let bits: u64 = host.number(PLACE).unwrap_or_default();
    letters(bits)
}

fn letters(bits: u64) -> Vec<String> {
    let set = (0..u64::BITS).filter(|bit| bits & (1 << bit) != 0);
    let name = |bit: u32| {
        let letter = usize::try_from(bit).ok().and_then(|bit| LETTERS.chars().nth(bit));
        letter.map_or_else(|| bit.to_string(), String::from)
    };
    set.map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn bits_have_letters_and_unknown_ones_numbers() {
        assert_eq!(letters(0), [""; 0]);
        assert_eq!(letters(4096 + 8192 + 1), ["P", "O", "E"]);
        assert_eq!(letters(1 << 18 | 1 << 40), ["N", "40"]);
    }
}
