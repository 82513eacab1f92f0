//! When people may be disturbed: a message that is in no hurry waits for the day. The words of messages are their feature's
//! ([`crate::issue::notice`], [`crate::policy::notice`]).

use crate::calendar::local;
use time::{Duration, OffsetDateTime, Time, macros::time};

/// The first minute of the day in which an SMS may ring.
const MORNING: Time = time!(8:00);
/// The first minute of the quiet hours.
const EVENING: Time = time!(20:00);

/// When an SMS that is in no hurry goes out: now between eight and twenty o'clock, else at the next eight o'clock.
pub fn daytime(now: OffsetDateTime) -> OffsetDateTime {
    let here = local(now);
    let morning = here.replace_time(MORNING);
    if here.time() < MORNING {
        morning
    } else if here.time() < EVENING {
        now
    } else {
        morning + Duration::days(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn nothing_rings_between_twenty_and_eight() {
        let day = datetime!(2026-11-24 0:00 +8);
        let (today, tomorrow) = (day.replace_time(MORNING), day.replace_time(MORNING) + Duration::days(1));
        for (at, goes_out) in [
            (time!(0:00), today),
            (time!(7:59:59), today),
            (time!(8:00), today),
            (time!(8:00:01), day.replace_time(time!(8:00:01))),
            (time!(19:59:59.999), day.replace_time(time!(19:59:59.999))),
            (time!(20:00), tomorrow),
            (time!(23:59:59), tomorrow),
        ] {
            assert_eq!(daytime(day.replace_time(at)), goes_out, "{at}");
        }
    }

    #[test]
    fn the_hour_is_the_city_s_whatever_the_notation() {
        assert_eq!(daytime(datetime!(2026-11-24 12:00 UTC)), datetime!(2026-11-25 8:00 +8), "20:00 in Huzhou");
        assert_eq!(daytime(datetime!(2026-12-31 22:30 UTC)), datetime!(2027-01-01 8:00 +8), "6:30 of the new year");
        assert_eq!(daytime(datetime!(2026-11-24 11:59 UTC)), datetime!(2026-11-24 11:59 UTC));
    }
}
