//! Ranges of addresses.

use super::error::{ValueError, quoted};
use super::scalar::{Scalar, scalar};
use ipnet::IpNet;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A range of addresses, named by its network: `192.0.2.0/24`, `2001:db8::/32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr(IpNet);

impl Cidr {
    /// The network.
    #[must_use]
    pub fn network(self) -> IpNet {
        self.0
    }

    /// Whether all of another range lies in this one.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.0.contains(&other.0)
    }
}

impl FromStr for Cidr {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if let Ok(address) = text.parse::<IpAddr>() {
            let error = ValueError::new(format!("missing prefix length in {}", quoted(text)));
            return Err(error.write(Some(IpNet::from(address))));
        }
        match text.parse::<IpNet>() {
            Ok(net) if net == net.trunc() => Ok(Self(net)),
            Ok(net) => {
                let reason = format!("its network is `{}`", net.trunc());
                Err(ValueError::not(text, Self::WHAT, reason).write(Some(net.trunc())))
            }
            Err(_) => Err(ValueError::not(
                text,
                Self::WHAT,
                "it is an address and a prefix length such as `192.0.2.0/24`",
            )),
        }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Scalar for Cidr {
    const WHAT: &'static str = "a range of addresses";
    const DESCRIPTION: &'static str =
        "A range of IPv4 or IPv6 addresses: the network and the length of its prefix.";
    const PATTERN: &'static str =
        r"^([0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)/[0-9]{1,3}$";
    const EXAMPLES: &'static [&'static str] = &["192.0.2.0/24", "2001:db8::/32"];
}

scalar!(Cidr);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good};
    use proptest::prelude::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    #[test]
    fn ranges() {
        good::<Cidr>(&[
            ("192.0.2.0/24", "192.0.2.0/24"),
            ("192.0.2.1/32", "192.0.2.1/32"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("2001:DB8:0::/32", "2001:db8::/32"),
            ("::/0", "::/0"),
            ("::ffff:192.0.2.1/128", "::ffff:192.0.2.1/128"),
        ]);
        let form = "it is an address and a prefix length such as `192.0.2.0/24`";
        bad::<Cidr>(&[
            (
                "192.0.2.1/24",
                "`192.0.2.1/24` is not a range of addresses: its network is `192.0.2.0/24`\
                 \nhelp: write `192.0.2.0/24`",
            ),
            (
                "2001:db8::1/64",
                "`2001:db8::1/64` is not a range of addresses: its network is `2001:db8::/64`\
                 \nhelp: write `2001:db8::/64`",
            ),
            ("10.0.0.1", "missing prefix length in `10.0.0.1`\nhelp: write `10.0.0.1/32`"),
            ("::1", "missing prefix length in `::1`\nhelp: write `::1/128`"),
            ("10.0.0.0/33", &format!("`10.0.0.0/33` is not a range of addresses: {form}")),
            ("10.0.0/24", &format!("`10.0.0/24` is not a range of addresses: {form}")),
            ("internet", &format!("`internet` is not a range of addresses: {form}")),
            ("", &format!("`` is not a range of addresses: {form}")),
        ]);
    }

    #[test]
    fn a_range_contains_what_is_inside() {
        let cidr = |text: &str| text.parse::<Cidr>().unwrap();
        assert!(cidr("10.0.0.0/8").contains(cidr("10.1.0.0/16")));
        assert!(!cidr("10.0.0.0/8").contains(cidr("0.0.0.0/0")));
        assert!(!cidr("0.0.0.0/0").contains(cidr("::/0")));
    }

    proptest! {
        #[test]
        fn networks_round_trip(four: u32, six: u128, short in 0..=32_u8, long in 0..=128_u8) {
            let four = IpNet::new(Ipv4Addr::from(four).into(), short).unwrap().trunc();
            let six = IpNet::new(Ipv6Addr::from(six).into(), long).unwrap().trunc();
            for cidr in [Cidr(four), Cidr(six)] {
                good::<Cidr>(&[(&cidr.to_string(), &cidr.to_string())]);
            }
        }
    }
}
