//! What is tampered with of single steps: whose they are, from where they lead, how often and with what said.

/// The same text as the store runs, for a connection that may tamper.
pub const RULES: &str = include_str!("../../../../store/src/issue/invariants_steps.sql");

/// A statement that breaks a rule, and how that rule begins. Of kinds that every simulated year has, and of all of them: no one row is looked for.
pub const TAMPERINGS: &[(&str, &str)] = &[
    ("update issue_event set kind = 'forgotten' where kind = 'urged'", "every kind of event"),
    (r#"update issue_event set actor = '{"kind":"system"}' where kind = 'signed'"#, "each step is taken"),
    ("update issue_event set kind = 'closed' where kind = 'answered'", "each step is taken"),
    (
        "update issue_event set actor = jsonb_set(actor::jsonb, '{duty,department}', '0')::json
            where kind = 'answered'",
        "each step is taken",
    ),
    ("delete from issue_event where kind = 'signed'", "each step follows"),
    ("update issue_event set kind = 'closed' where kind = 'declined'", "each step follows"),
    (
        r#"update issue_event set event = jsonb_set(event::jsonb, '{explanation}', '""')::json where kind = 'declined'"#,
        "what is declined",
    ),
    ("update issue_event set event = (event::jsonb - 'reason')::json where kind = 'declined'", "what is coded"),
    (
        r#"update issue_event set event = jsonb_set(event::jsonb, '{outcome}', '"closed"')::json where kind = 'answered'"#,
        "what is coded",
    ),
    ("update issue_event set event = (event::jsonb - 'accept_due')::json where seq = 1", "a filing promises"),
    ("update issue_event set actor = jsonb_set(actor::jsonb, '{enterprise}', '0')::json where kind = 'submitted'", "members act"),
    (
        "update issue_event set actor = jsonb_set(actor::jsonb, '{duty,area}', '330599')::json where kind = 'accepted'",
        "a centre acts",
    ),
    (
        "update issue_event set event = jsonb_set(event::jsonb, '{submission,area}', '330599')::json where seq = 1",
        "a district's department",
    ),
    ("update issue_event set kind = 'objected' where kind in ('accepted', 'dispatched', 'signed')", "objected to once"),
    (
        "update issue_event set event = jsonb_set(event::jsonb, '{centre}', '330502')::json where kind = 'objected'",
        "objected to once",
    ),
    (
        "update issue_event c set kind = 'declined', actor = a.actor
            from issue_event a where a.kind = 'accepted' and c.kind = 'contacted' and c.issue_id = a.issue_id
            and c.seq < a.seq",
        "who declined",
    ),
    ("update issue_event set at = at + interval '60 days' where kind = 'reopened'", "objected to and reopened"),
    (
        r#"update issue_event set event = jsonb_set(event::jsonb, '{contact_due}', '"2099-01-01T00:00:00Z"')::json
            where kind = 'accepted'"#,
        "what is found urgent",
    ),
    (
        "update issue_event set event = jsonb_set(event::jsonb, '{shifted_minutes}', '2101')::json
            where kind in ('supplied', 'pause_lapsed')",
        "the enterprise is waited for",
    ),
    ("update issue_event set at = at - interval '30 days' where kind = 'pause_lapsed'", "a pause lapses"),
    ("update issue_event set kind = 'dispatched' where kind = 'signed'", "what a department has"),
    (
        r#"update issue_event set event = jsonb_set(event::jsonb, '{note}', '""')::json where kind = 'dispatched'"#,
        "a ruling on a return",
    ),
    (
        "update issue_event set event = jsonb_set(event::jsonb, '{proposed}', actor::jsonb #> '{duty,department}')::json
            where kind = 'returned'",
        "returned to another",
    ),
    ("update issue_event set at = at + interval '30 days' where kind = 'returned'", "returned to another"),
    ("update issue_event set kind = 'dispatched' where kind in ('contacted', 'accepted')", "the second ruling"),
    ("update issue_event set at = at + interval '60 days' where kind = 'extension_asked'", "more time is asked"),
    (
        r#"update issue_event set event = jsonb_set(event::jsonb, '{from}', '"2020-01-01T00:00:00Z"')::json
            where kind = 'extended'"#,
        "more time is asked",
    ),
    (
        r#"update issue_event set event = jsonb_set(event::jsonb, '{promised}', '"2020-01-01T00:00:00Z"')::json
            where kind = 'tracked'"#,
        "what is tracked",
    ),
    (
        "update issue_event set event = jsonb_set(event::jsonb, '{tasks}', '[]')::json where kind = 'consulted'",
        "a decision gives",
    ),
    ("update issue_event set kind = 'noted' where kind = 'referred'", "the joint meeting"),
    (
        "update issue_event set event = jsonb_set(event::jsonb, '{department}', '0')::json
            where kind = 'part_answered'",
        "parts and tasks",
    ),
    (
        "update issue_event set actor = jsonb_set(actor::jsonb, '{duty,department}', '0')::json
            where kind = 'task_done'",
        "parts and tasks",
    ),
    (
        "update issue_event set event = jsonb_set(event::jsonb, '{verify_due}', event::jsonb->'done_due')::json
            where kind = 'supervised'",
        "an order of supervision",
    ),
    ("update issue_event set kind = 'noted' where kind = 'reviewed'", "an order is signed off when it was issued"),
    (
        "update issue_event set kind = 'noted' where kind in ('rated', 'called_back')",
        "an order is signed off when the enterprise",
    ),
    (
        r#"update issue_event set event = jsonb_set(event::jsonb, '{call,said}',
            '{"solved":false,"level":"dissatisfied"}')::json where kind = 'called_back'"#,
        "what is not solved by a call-back",
    ),
    (
        "update issue_event c set kind = 'called_back', event = b.event, at = b.at, actor = b.actor
            from issue_event b where b.kind = 'called_back' and c.issue_id = b.issue_id and c.seq = b.seq - 1",
        "nobody is called back twice",
    ),
    ("update issue_event set kind = 'noted' where kind in ('called_back', 'call_back_overdue')", "a call-back that nobody tried"),
    (
        "update issue i set state = 'submitted'
            from issue_event e where e.issue_id = i.id and e.seq = 1 and i.state <> 'submitted'
            and not exists (select from issue_event p where p.issue_id = i.id and p.kind in ('escalated', 'input_asked'))",
        "what nobody takes",
    ),
    (
        r#"update issue_event set event = jsonb_set(event::jsonb, '{since}', '"2099-01-01T00:00:00Z"')::json
            where kind = 'warned'"#,
        "a warning lies",
    ),
    ("update issue set flags = array_append(flags, 'disagreed') where state = 'declined'", "rating and call-back"),
    ("update issue set flags = array_remove(flags, 'dissatisfied')", "no unhappy word"),
    ("update issue_event set kind = 'noted' where kind = 'signed_off'", "supervised from the order"),
    ("update issue set flags = array_append(flags, 'warning') where state = 'closed'", "what has ended"),
];
