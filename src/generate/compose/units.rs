//! Amounts as Compose reads them.

use crate::value::{Bytes, Cpu};

/// Bytes, in the largest unit that has no fraction.
pub(super) fn size(bytes: Bytes) -> String {
    let count = bytes.count();
    let units = [("g", 30), ("m", 20), ("k", 10)];
    let unit = units.into_iter().find(|(_, bits)| count > 0 && count.trailing_zeros() >= *bits);
    match unit {
        Some((unit, bits)) => format!("{}{unit}", count >> bits),
        None => format!("{count}b"),
    }
}

/// Cores.
pub(super) fn cores(cpu: Cpu) -> String {
    let (cores, thousandths) = (cpu.millis() / 1000, cpu.millis() % 1000);
    let text = format!("{cores}.{thousandths:03}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_lose_nothing() {
        let sizes = [("512Mi", "512m"), ("2Gi", "2g"), ("1536Mi", "1536m"), ("1500k", "1500000b")];
        for (said, written) in sizes {
            assert_eq!(size(said.parse().unwrap()), written);
        }
        for (said, written) in [("100m", "0.1"), ("2", "2"), ("1500m", "1.5"), ("10", "10")] {
            assert_eq!(cores(said.parse().unwrap()), written);
        }
    }
}
