//! An issue's life, as demo and simulated year both live it: time that passes, clocks that tell when nobody acts, commands that the rules decide.

use super::people::Person;
use super::weather::Weather;
use domain::actor::{Actor, EnterpriseId};
use domain::calendar::Span;
use domain::issue::{Command, Event, Issue, Terms, decide, evolve};
use store::issue::history::History;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// A life as it goes.
pub struct Living<'a> {
    terms: &'a Terms,
    /// Today: nothing happens from here on.
    now: OffsetDateTime,
    /// Outages of the workers; none in the demo, whose pauses lapse once its server runs.
    weather: Option<&'a Weather>,
    pub issue: Issue,
    pub at: OffsetDateTime,
    pub events: Vec<(OffsetDateTime, Actor, String, Event)>,
}

impl<'a> Living<'a> {
    pub fn begin(
        enterprise: EnterpriseId,
        at: OffsetDateTime,
        terms: &'a Terms,
        now: OffsetDateTime,
        weather: Option<&'a Weather>,
    ) -> Living<'a> {
        Living { terms, now, weather, issue: Issue::draft(enterprise), at, events: Vec::new() }
    }

    /// Lets working minutes pass; `false`, and nothing passed, when that reaches today.
    pub fn wait(&mut self, minutes: usize) -> bool {
        let span = Span::Minutes(u32::try_from(minutes).unwrap_or(0));
        match self.terms.calendar.add(self.at, span) {
            Ok(due) if due.due < self.now => {
                self.at = due.due.max(self.at + Duration::minutes(1));
                self.at < self.now
            }
            _ => false,
        }
    }

    /// Lets working minutes pass, until today at most: then nothing happens any more.
    pub fn pass(&mut self, minutes: usize) {
        if !self.wait(minutes) {
            self.at = self.at.max(self.now);
        }
    }

    /// What the clocks did up to an instant, as soon as a worker ran.
    pub fn tick(&mut self, until: OffsetDateTime) {
        loop {
            let cap = self.weather.and(self.issue.pause.as_ref()).map(|pause| pause.cap);
            let alarm = self.issue.alarm_at(self.terms);
            let Some(next) = [cap, alarm].into_iter().flatten().min() else { return };
            let at = self.events.last().map_or(next, |last| next.max(last.0));
            let at = self.weather.map_or(at, |weather| weather.at_worker(at));
            if at > until {
                return;
            }
            let command = if cap.is_some_and(|cap| cap <= at) { Command::LapsePause } else { Command::Alarm };
            // As the worker does: where there is nothing to be told of, an answer that nobody rated ends.
            let close = Command::Close { note: String::new() };
            if ![command, close].iter().any(|command| self.take(command, &Actor::System, "系统", at)) {
                return;
            }
        }
    }

    /// What a command comes to at an instant; nothing when the rules refuse it.
    pub fn decided(&self, command: &Command, actor: &Actor, at: OffsetDateTime) -> Option<Vec<Event>> {
        decide(&self.issue, command, actor, at, self.terms).ok()
    }

    /// Writes what was decided.
    pub fn write(&mut self, events: Vec<Event>, actor: &Actor, name: &str, at: OffsetDateTime) {
        for event in events {
            self.issue = evolve(self.issue.clone(), &event, at, actor, &self.terms.calendar);
            self.events.push((at, *actor, name.to_owned(), event));
        }
    }

    fn take(&mut self, command: &Command, actor: &Actor, name: &str, at: OffsetDateTime) -> bool {
        let Some(events) = self.decided(command, actor, at) else { return false };
        self.write(events, actor, name, at);
        true
    }

    /// Gives a command now; `false` when the rules refuse it, or today comes first.
    pub fn give(&mut self, command: &Command, person: &Person) -> bool {
        if self.at >= self.now {
            return false;
        }
        self.tick(self.at);
        // What a worker told last may be later than what was waited for.
        self.at = self.events.last().map_or(self.at, |last| self.at.max(last.0));
        self.take(command, &person.actor, &person.name, self.at)
    }

    /// As the store takes it over.
    pub fn history(self, client_key: Uuid, contact_name: String, contact_phone: String, tell: bool) -> History {
        let enterprise = self.issue.enterprise;
        History { client_key, enterprise, contact_name, contact_phone, events: self.events, tell }
    }
}
