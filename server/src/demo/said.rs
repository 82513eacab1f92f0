//! What demo enterprises say: when they rate, and when they are called back.

use super::replies::Replies;
use super::{Dice, stories};
use domain::issue::{CallBack, Command, ContactWay, Rating, RatingReason, Said, Satisfaction};

/// A call-back: with what the enterprise said when it rated, or with nobody there.
pub fn called(dice: &mut Dice, said: Option<Said>, replies: &Replies) -> Command {
    let notes = match said {
        Some(said) if said.solved => String::new(),
        Some(_) => (*dice.pick(replies.complaints)).to_owned(),
        None => "电话无人接听。".to_owned(),
    };
    Command::CallBack(CallBack { way: ContactWay::Phone, said, notes })
}

/// A rating.
pub fn rating(dice: &mut Dice, unhappy: bool, replies: &Replies) -> Rating {
    if unhappy {
        Rating {
            solved: dice.chance(30),
            level: *dice.pick(&[Satisfaction::Dissatisfied, Satisfaction::Dissatisfied, Satisfaction::VeryDissatisfied]),
            reasons: vec![*dice.pick(&[RatingReason::NotSolved, RatingReason::Slow, RatingReason::Unclear])],
            comment: (*dice.pick(replies.complaints)).to_owned(),
            aid: None,
        }
    } else {
        Rating {
            solved: true,
            level: *dice.pick(&[
                Satisfaction::VerySatisfied,
                Satisfaction::VerySatisfied,
                Satisfaction::Satisfied,
                Satisfaction::Fair,
            ]),
            reasons: vec![*dice.pick(&[RatingReason::Fast, RatingReason::Kind, RatingReason::Clear])],
            comment: (*dice.pick(stories::THANKS)).to_owned(),
            aid: None,
        }
    }
}
