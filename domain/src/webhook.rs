//! Webhooks (S-5): where the steps of an issue may be sent, how often, and what stands in the signature.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use time::{Duration, OffsetDateTime};

/// How often a delivery is tried.
pub const ATTEMPTS: i32 = 13;
/// The most subscriptions of a key.
pub const MOST: i64 = 5;
/// The most characters of an address.
pub const LONGEST: usize = 500;
/// How old a step may be when it is planned. What is older was planned in its time: that it is not there means that it was kept long enough.
pub const PLANNED: Duration = Duration::days(30);

/// How long after the n-th try (from 1) the next one comes: 15 seconds, then twice as long each time, at most six hours; all of them
/// together 14 hours, so that a platform that is repaired in the morning has missed nothing.
pub fn pause(attempts: i32) -> Duration {
    let doubled = u32::try_from(attempts - 1).unwrap_or(0).min(20);
    (Duration::seconds(15) * 2_i32.pow(doubled)).min(Duration::hours(6))
}

/// What is signed: the instant in seconds and the body, so that an old request cannot be sent again as a new one.
pub fn signed(at: OffsetDateTime, body: &str) -> String {
    format!("{}.{body}", at.unix_timestamp())
}

/// Whether an address is one of the internet's own: not of this machine, its network, or one that stands for these (SSRF).
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast();
    // This network, carriers' shared addresses, protocol assignments, benchmarks, and what is reserved (RFC 6890).
    let reserved = a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a, b, c) == (192, 0, 0)
        || (a == 198 && (18..20).contains(&b))
        || a >= 240;
    !special && !reserved
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Only global unicast (2000::/3); of that neither special assignments with Teredo (2001::/23), documentation, nor 6to4, which carries an IPv4 address.
    (a & 0xe000) == 0x2000 && !(a == 0x2001 && (b < 0x200 || b == 0xdb8)) && a != 0x2002 && !(a == 0x3fff && b < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn addresses_of_this_machine_and_its_network_are_not_public() {
        for inside in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "198.18.0.1",
            "192.0.2.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2002:7f00:1::1",
            "64:ff9b::7f00:1",
            "2001::1",
            "2001:db8::1",
        ] {
            assert!(!is_public(inside.parse().expect(inside)), "{inside}");
        }
        for outside in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "223.5.5.5", "2400:3200::1", "::ffff:8.8.8.8"] {
            assert!(is_public(outside.parse().expect(outside)), "{outside}");
        }
    }

    #[test]
    fn pauses_grow_and_end() {
        let pauses: Vec<i64> = (1..ATTEMPTS).map(|attempt| pause(attempt).whole_seconds()).collect();
        assert_eq!(pauses[..4], [15, 30, 60, 120]);
        assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!(pauses.last(), Some(&(6 * 3600)));
        assert!(pauses.iter().sum::<i64>() > 14 * 3600);
        assert_eq!(pause(40), Duration::hours(6));
    }

    #[test]
    fn the_instant_is_part_of_what_is_signed() {
        assert_eq!(signed(datetime!(2026-11-27 00:00 UTC), "{}"), "1795737600.{}");
    }
}
