//! Versions of an item: whatever editors do, in whatever order, nothing is published by the hands that wrote it.

use domain::actor::{CITY, StaffId, area_covers};
use domain::policy::version::{Author, Command, Editor, Refusal, Standing, State, number, reason};
use proptest::prelude::*;

const DISTRICT: i32 = 330_502;
const NEIGHBOUR: i32 = 330_503;

/// Two editors of the district, one of its neighbour, one of the city.
const EDITORS: [Editor; 4] = [
    Editor { staff: 1, area: DISTRICT },
    Editor { staff: 2, area: DISTRICT },
    Editor { staff: 3, area: NEIGHBOUR },
    Editor { staff: 4, area: CITY },
];

fn standing(state: State, written_by: StaffId) -> Standing {
    Standing { state, area: DISTRICT, writers: vec![written_by] }
}

/// What somebody does: save words, or give a command to the last version or an older one.
#[derive(Debug, Clone, Copy)]
enum Act {
    Save,
    Give(Command, usize),
}

fn act() -> impl Strategy<Value = Act> {
    let command = prop::sample::select(Command::ALL);
    prop_oneof![1 => Just(Act::Save), 3 => (command, 0usize..3).prop_map(|(command, back)| Act::Give(command, back))]
}

/// A version as the store would keep it: who really wrote in it is noted beside what the rules are told.
#[derive(Debug, Clone, PartialEq)]
struct Kept {
    standing: Standing,
    words: usize,
    words_by: Vec<StaffId>,
    published_by: Option<StaffId>,
}

/// Plays acts against an item of the district; after each one everything that ever was published is looked at.
fn play(acts: &[(Act, Editor, bool)]) -> Vec<Kept> {
    let mut versions: Vec<Kept> = Vec::new();
    for (turn, (act, editor, fit)) in acts.iter().enumerate() {
        let before = versions.clone();
        match act {
            Act::Save => {
                let last = versions.last().map(|last| (u32::try_from(versions.len()).unwrap(), last.standing.clone()));
                // A new item is its author's area's; this one is the district's.
                if last.is_none() && editor.area != DISTRICT {
                    continue;
                }
                if let Ok(number) = number(last, &Author::Editor(*editor)) {
                    let mut words_by = versions.get(number as usize - 1).map_or_else(Vec::new, |open| open.words_by.clone());
                    words_by.push(editor.staff);
                    let writers = words_by.clone();
                    let standing = Standing { state: State::Draft, area: DISTRICT, writers };
                    versions.truncate(number as usize - 1);
                    versions.push(Kept { standing, words: turn, words_by, published_by: None });
                }
            }
            Act::Give(command, back) => {
                let Some(at) = versions.len().checked_sub(1 + back) else { continue };
                let kept = &mut versions[at];
                if let Ok(state) = kept.standing.decide(*command, editor, *fit) {
                    assert!(area_covers(editor.area, DISTRICT), "{editor:?} is another area's");
                    assert!(*fit || !command.needs_fit());
                    kept.standing.state = state;
                    if *command == Command::Publish {
                        kept.published_by = Some(editor.staff);
                    }
                }
            }
        }
        for (old, new) in before.iter().zip(&versions).filter(|(old, _)| old.published_by.is_some()) {
            assert!(matches!(new.standing.state, State::Published | State::Withdrawn));
            assert_eq!((old.words, old.published_by), (new.words, new.published_by), "what is published stays");
        }
        assert!(versions.len() >= before.len(), "no version is lost");
    }
    versions
}

fn acts(editors: &'static [Editor]) -> impl Strategy<Value = Vec<(Act, Editor, bool)>> {
    prop::collection::vec((act(), prop::sample::select(editors), prop::bool::weighted(0.8)), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nothing_is_published_by_whoever_wrote_it(acts in acts(&EDITORS)) {
        for kept in play(&acts) {
            if let Some(publisher) = kept.published_by {
                prop_assert!(!kept.words_by.contains(&publisher), "{:?}", kept);
            }
        }
    }

    #[test]
    fn one_pair_of_hands_publishes_nothing(acts in acts(&EDITORS[..1])) {
        prop_assert!(play(&acts).iter().all(|kept| kept.published_by.is_none()));
    }

    #[test]
    fn a_neighbour_moves_nothing(acts in acts(&EDITORS[2..3])) {
        prop_assert!(play(&acts).is_empty());
        for state in State::ALL {
            prop_assert_eq!(standing(*state, 1).possible(&EDITORS[2], true), vec![]);
        }
    }
}

#[test]
fn two_people_do_publish() {
    let [first, second, ..] = EDITORS;
    let way = [
        (Act::Save, first, true),
        (Act::Give(Command::Submit, 0), first, true),
        (Act::Give(Command::Publish, 0), first, true),
        (Act::Give(Command::Publish, 0), second, true),
        (Act::Save, second, true),
    ];
    let versions = play(&way);
    let states: Vec<State> = versions.iter().map(|kept| kept.standing.state).collect();
    assert_eq!(states, [State::Published, State::Draft]);
    assert_eq!(versions[0].published_by, Some(second.staff));
}

#[test]
fn a_comma_of_another_s_makes_nobody_the_one_who_only_reads() {
    let [first, second, _, city] = EDITORS;
    let way = [
        (Act::Save, first, true),
        (Act::Save, second, true),
        (Act::Give(Command::Submit, 0), second, true),
        (Act::Give(Command::Publish, 0), first, true),
        (Act::Give(Command::Publish, 0), second, true),
    ];
    assert_eq!(play(&way)[0].standing.state, State::Submitted, "both wrote");
    let third = [way.as_slice(), &[(Act::Give(Command::Publish, 0), city, true)]].concat();
    assert_eq!(play(&third)[0].published_by, Some(city.staff));
}

#[test]
fn each_state_offers_what_the_editor_may_do() {
    let [first, second, _, city] = EDITORS;
    let of = |state, editor: &Editor, fit| standing(state, first.staff).possible(editor, fit);
    assert_eq!(of(State::Draft, &first, true), [Command::Submit]);
    assert_eq!(of(State::Draft, &second, false), []);
    assert_eq!(of(State::Submitted, &first, true), [Command::Return], "its author waits for another");
    assert_eq!(of(State::Submitted, &second, true), [Command::Return, Command::Publish]);
    assert_eq!(of(State::Submitted, &city, true), [Command::Return, Command::Publish]);
    assert_eq!(of(State::Submitted, &second, false), [Command::Return], "the libraries changed meanwhile");
    assert_eq!(of(State::Published, &first, false), [Command::Withdraw]);
    assert_eq!(of(State::Withdrawn, &first, true), []);
}

#[test]
fn refusals_say_what_to_do() {
    let [first, second, neighbour, _] = EDITORS;
    let say =
        |state, command, editor: &Editor, fit| standing(state, first.staff).decide(command, editor, fit).unwrap_err().to_string();
    assert_eq!(
        say(State::Submitted, Command::Publish, &first, true),
        "起草人不能自己发布（改过这一版的人都算起草人），请另一位政策编辑发布"
    );
    assert_eq!(say(State::Draft, Command::Submit, &first, false), "还有问题没有改完，不能提交发布");
    assert_eq!(say(State::Submitted, Command::Publish, &second, false), "还有问题没有改完，不能发布");
    assert_eq!(say(State::Draft, Command::Publish, &second, true), "这一版现在是“草稿”，不能发布。请刷新页面看最新情况");
    assert_eq!(say(State::Draft, Command::Submit, &neighbour, true), "这项政策由其他地区维护，您不能修改");
}

#[test]
fn words_are_saved_where_they_harm_nobody() {
    let [first, second, neighbour, _] = EDITORS;
    let at = |state, author| number(Some((3, standing(state, first.staff))), &author);
    assert_eq!(number(None, &Author::Import), Ok(1));
    assert_eq!(at(State::Draft, Author::Editor(second)), Ok(3));
    assert_eq!(at(State::Published, Author::Editor(second)), Ok(4));
    assert_eq!(at(State::Withdrawn, Author::Import), Ok(4));
    assert_eq!(at(State::Submitted, Author::Editor(first)), Err(Refusal::Waiting));
    assert_eq!(at(State::Draft, Author::Editor(neighbour)), Err(Refusal::OtherArea));
    assert_eq!(at(State::Draft, Author::Import), Err(Refusal::DraftOpen), "it would be published unseen");
}

#[test]
fn a_withdrawal_has_a_reason() {
    assert_eq!(reason("  依据废止\u{0} ").as_deref(), Ok("依据废止"));
    assert_eq!(reason("废"), Err(Refusal::Reason));
    assert_eq!(reason(&"废".repeat(200)).map(|reason| reason.chars().count()), Ok(200));
    assert_eq!(reason(&"废".repeat(201)), Err(Refusal::Reason));
}
