//! What several tests of the loop begin with.

use domain::issue::{Channel, Submission};

/// A problem as an owner files it.
pub fn submission() -> Submission {
    Submission {
        title: "厂房旁道路积水".into(),
        text: "一下雨货车就进不来，已经三天了。".into(),
        category: "drainage".into(),
        place: "织里镇".into(),
        area: 330_502,
        channel: Channel::Online,
        photos: 0,
    }
}
