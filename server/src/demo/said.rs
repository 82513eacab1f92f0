//! What demo enterprises say: when they rate, and when they are called back.

use super::{Dice, stories};
use domain::issue::{CallBack, Command, ContactWay, Rating, RatingReason, Said, Satisfaction};

/// A call-back: with what the enterprise said when it rated, or with nobody there.
pub fn called(dice: &mut Dice, said: Option<Said>) -> Command {
    let notes = match said {
        Some(said) if said.solved => String::new(),
        Some(_) => (*dice.pick(stories::COMPLAINTS)).to_owned(),
        None => "电话无人接听。".to_owned(),
    };
    Command::CallBack(CallBack { way: ContactWay::Phone, said, notes })
}

/// A rating.
pub fn rating(dice: &mut Dice, unhappy: bool) -> Rating {
    if unhappy {
        Rating {
            solved: dice.chance(30),
            level: *dice.pick(&[Satisfaction::Dissatisfied, Satisfaction::Dissatisfied, Satisfaction::VeryDissatisfied]),
            reasons: vec![*dice.pick(&[RatingReason::NotSolved, RatingReason::Slow, RatingReason::Unclear])],
            comment: (*dice.pick(stories::COMPLAINTS)).to_owned(),
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
