//! Which of the facts an amount is computed from could still move it: nobody is asked for the others.

use super::amount::Amount;
use super::book::{Book, Scratch, SlotKind, Table, UNKNOWN};
use super::evaluate::Missing;
use super::money::LIMIT;

/// Where an amount looks at a fact: the tags that lead there, the attribute (none: the last of the tags), and the values at which what is
/// paid may change.
struct Use<'a> {
    tags: Vec<&'a str>,
    attr: Option<&'a str>,
    points: Vec<i64>,
}

fn uses<'a>(amount: &'a Amount, tags: &mut Vec<&'a str>, list: &mut Vec<Use<'a>>) {
    let mut add = |attr: &'a str, points: Vec<i64>| list.push(Use { tags: tags.clone(), attr: Some(attr), points });
    match amount {
        Amount::None | Amount::Fixed(_) | Amount::Staged(_) => {}
        Amount::PerUnit(per) => add(&per.attr, vec![0, LIMIT - 1]),
        Amount::Percent(percent) => add(&percent.of, vec![0, LIMIT - 1]),
        Amount::Tiered(tiered) => {
            let mut points = vec![1 - LIMIT, LIMIT - 1];
            for band in &tiered.bands {
                points.push(band.from.micro());
                points.extend(band.to.iter().flat_map(|to| [to.micro() - 1, to.micro()]));
            }
            add(&tiered.attr, points);
        }
        Amount::ByTag(map) => {
            for (tag, amount) in map.iter() {
                tags.push(tag);
                list.push(Use { tags: tags.clone(), attr: None, points: Vec::new() });
                uses(amount, tags, list);
                tags.pop();
            }
        }
        Amount::MaxOf(parts) | Amount::MinOf(parts) | Amount::SumOf(parts) => {
            parts.iter().for_each(|part| uses(part, tags, list))
        }
        Amount::Capped(capped) => uses(&capped.of, tags, list),
    }
}

impl Book {
    /// What is not known and could move the amount of an item.
    pub(super) fn missing_in_amount(&self, index: usize, table: &Table, scratch: &mut Scratch, missing: &mut Vec<Missing>) {
        let mut list = Vec::new();
        uses(&self.items()[index].amount, &mut Vec::new(), &mut list);
        let tags_unknown = self.tags_unknown(table);
        let mut tried = table.clone();
        let mut range = |table: &Table| {
            self.run::<false>(index, table, 0, scratch);
            (scratch.low()[0], scratch.high()[0])
        };
        for Use { tags, attr, points } in list {
            let Some(attr) = attr else {
                if tags_unknown {
                    let now = range(&tried);
                    let moves = [&[][..], &tags[..]].into_iter().any(|tags| {
                        self.put_tags(&mut tried, tags);
                        range(&tried) != now
                    });
                    tried = table.clone();
                    missing.extend(moves.then_some(Missing::Tags));
                }
                continue;
            };
            let slot = self.number_slot(attr).filter(|slot| table.get(*slot, 0) == UNKNOWN);
            let Some(slot) = slot else { continue };
            // As things are known, and where the tags are not, with those that lead here.
            for led in [false, true] {
                if led && tags_unknown {
                    self.put_tags(&mut tried, &tags);
                }
                let now = range(&tried);
                let moves = points.iter().any(|point| {
                    tried.put(slot, 0, *point);
                    range(&tried) != now
                });
                tried = table.clone();
                missing.extend(moves.then(|| Missing::Attribute(attr.to_owned())));
            }
        }
    }

    /// The slot that holds an attribute as a number.
    pub(super) fn number_slot(&self, code: &str) -> Option<usize> {
        self.slots_of(code).find(|at| self.slots()[*at].kind == SlotKind::Number)
    }
}
