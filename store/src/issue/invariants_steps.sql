-- What must hold of every step of the loop: by whom it was taken, from which state, how often, and with what said. Read off the events alone, and compared
-- with the flags they leave; clocks and figures are in invariants.sql, whose columns these are. Working days are not known here: what they bound is bounded by
-- calendar days.
with v as not materialized (
    select issue_id, seq, at, kind, actor->>'kind' as who, actor::jsonb as actor, event::jsonb as event from issue_event
),
-- The table of the loop (domain::issue::table), said again: who, from where, and the words without which it is not done, with their least length.
-- `lead` is the department that has it, `open` every state in which somebody owes something, `filed` every state but the draft's.
step (kind, hands, states, said, least) as (values
    ('submitted', 'member assisted integration centre', 'draft', '{submission,text}', 10),
    -- A department as the lead of a board only (S-4): when, is in invariants.sql.
    ('accepted', 'centre handler', 'submitted', '{category}', 1),
    ('declined', 'centre', 'submitted', '{explanation}', 5),
    ('objected', 'member', 'declined', '{reason}', 5),
    ('contacted', 'centre lead station', 'open', '{result}', 2),
    ('input_asked', 'centre lead', 'accepted handling', '{what}', 5),
    ('supplied', 'member assisted integration', 'awaiting_input', null, 0),
    ('pause_lapsed', 'system', 'awaiting_input', null, 0),
    ('noted', 'member assisted', 'submitted accepted dispatched handling tracking answered', null, 0),
    ('urged', 'member', 'submitted accepted dispatched handling tracking', null, 0),
    ('dispatched', 'centre handler', 'accepted dispatched handling', null, 0),
    ('signed', 'lead', 'dispatched', null, 0),
    ('returned', 'lead', 'dispatched', '{reason}', 5),
    ('progressed', 'lead', 'handling', '{text}', 5),
    ('extension_asked', 'lead', 'handling', '{reason}', 5),
    ('extended', 'centre', 'handling awaiting_input', '{reason}', 5),
    ('extension_refused', 'centre', 'handling awaiting_input', '{reason}', 5),
    ('tracked', 'centre', 'handling', '{reason}', 5),
    ('reported', 'lead', 'tracking', '{text}', 5),
    ('part_answered', 'handler', 'dispatched handling awaiting_input tracking', '{text}', 5),
    ('part_waived', 'centre', 'dispatched handling awaiting_input tracking', '{reason}', 5),
    ('answered', 'lead', 'handling tracking', '{text}', 10),
    ('rated', 'member integration', 'answered', '{rating,level}', 1),
    ('called_back', 'centre', 'answered closed withdrawn', '{call,way}', 1),
    ('closed', 'member integration centre system', 'answered', null, 0),
    ('reopened', 'member centre', 'closed', '{reason}', 5),
    ('redispatched', 'member integration centre', 'answered closed', null, 0),
    ('withdrawn', 'member integration', 'open', '{reason}', 2),
    ('merged', 'centre', 'open', '{reason}', 5),
    ('absorbed', 'centre', 'submitted accepted dispatched handling awaiting_input tracking', null, 0),
    ('consulted', 'centre', 'accepted handling', '{decisions}', 5),
    ('referred', 'centre', 'accepted handling tracking', '{reason}', 5),
    ('resolved', 'centre', 'open', '{decisions}', 5),
    ('task_done', 'handler', 'filed', '{text}', 5),
    ('task_confirmed', 'centre', 'filed', null, 0),
    ('task_returned', 'centre', 'filed', '{reason}', 5),
    ('instructed', 'leader centre', 'open', '{text}', 2),
    ('supervised', 'supervisor centre system', 'submitted accepted dispatched handling awaiting_input tracking answered closed', '{reason}', 5),
    ('order_issued', 'centre', 'filed', '{note}', 5),
    ('explained', 'lead', 'filed', '{cause}', 5),
    ('reviewed', 'centre', 'filed', '{change}', 2),
    ('signed_off', 'supervisor', 'filed', null, 0),
    ('inquired', 'supervisor', 'filed', '{question}', 5),
    ('replied', 'lead centre', 'filed', '{text}', 5),
    ('warned', 'system', 'open', null, 0),
    ('owed_warned', 'system', 'filed', null, 0),
    ('overdue', 'system', 'open', null, 0),
    ('escalated', 'system', 'submitted accepted dispatched', null, 0),
    ('order_overdue', 'system', 'filed', null, 0),
    ('part_overdue', 'system', 'dispatched handling tracking', null, 0),
    ('task_overdue', 'system', 'filed', null, 0),
    ('reply_overdue', 'system', 'filed', null, 0),
    ('call_back_overdue', 'system', 'answered closed withdrawn', null, 0)
),
-- Where an event leads; of what is not here the state stays. A pause is told apart: it ends where it began.
leads (kind, state) as (values ('submitted', 'submitted'), ('accepted', 'accepted'), ('declined', 'declined'), ('objected', 'submitted'),
    ('dispatched', 'dispatched'), ('signed', 'handling'), ('returned', 'accepted'), ('answered', 'answered'), ('redispatched', 'dispatched'),
    ('closed', 'closed'), ('tracked', 'tracking'), ('merged', 'merged'), ('withdrawn', 'withdrawn')
),
-- How the issue stood before each event: the latest one that says so. What is read of the events before comes with its number in front, so that the greatest is the last.
before as materialized (
    select v.*, coalesce(actor #>> '{duty,role}', who) as hand, (actor #>> '{duty,department}')::bigint as department,
        -- What began the round: 0 in the first one.
        coalesce(max(seq) filter (where v.kind = 'redispatched') over earlier, 0) as began,
        coalesce(substr(max(to_char(seq, 'FM00000000') || l.state) over earlier, 9), 'draft') as base,
        substr(max(to_char(seq, 'FM00000000') || v.kind) filter (where v.kind in ('input_asked', 'supplied', 'pause_lapsed', 'withdrawn', 'merged'))
            over earlier, 9) is not distinct from 'input_asked' as waits,
        nullif(substr(max(to_char(seq, 'FM00000000') || coalesce(event->>'lead', '')) filter (where v.kind in ('dispatched', 'returned'))
            over earlier, 9), '')::bigint as lead,
        substr(max(to_char(seq, 'FM00000000') || (event->>'answer_due')) over earlier, 9)::timestamptz as due,
        lead(v.kind) over (partition by issue_id order by seq) as next
    from v left join leads l on l.kind = v.kind
    window earlier as (partition by issue_id order by seq rows between unbounded preceding and 1 preceding)
),
e as not materialized (select b.*, case when waits then 'awaiting_input' else base end as stood from before b),
broken (rule, issue_id) as (
    select 'every kind of event has its line in the table', e.issue_id from e where not exists (select from step s where s.kind = e.kind)
    union all
    -- Departments never close, nobody of the offices speaks for the enterprise, and the clocks are nobody's.
    select 'each step is taken by those who may', e.issue_id
    from e join step s using (kind)
    where e.hand <> all (string_to_array(s.hands, ' '))
        and not ('lead' = any (string_to_array(s.hands, ' ')) and e.hand = 'handler' and e.department is not distinct from e.lead)
    union all
    select 'each step follows a state that lets it', e.issue_id
    from e join step s using (kind)
    where case s.states when 'filed' then e.stood = 'draft'
        when 'open' then e.stood not in ('submitted', 'accepted', 'dispatched', 'handling', 'awaiting_input', 'tracking', 'answered')
        else e.stood <> all (string_to_array(s.states, ' ')) end
    union all
    select 'what is declined, asked, moved, answered or ended says why', e.issue_id
    from e join step s using (kind) where s.said is not null and length(coalesce(e.event #>> s.said::text[], '')) < s.least
    union all
    select 'what is coded is one of its codes', e.issue_id
    from e
    where e.kind = 'declined' and coalesce(event->>'reason', '') not in ('not_enterprise', 'litigation', 'duplicate', 'out_of_area', 'insufficient')
        or e.kind = 'answered' and coalesce(event->>'outcome', '') not in ('solved', 'explained', 'not_possible')
        or e.kind in ('rated', 'called_back') and coalesce(event #>> '{rating,level}', event #>> '{call,said,level}', 'fair')
            not in ('very_satisfied', 'satisfied', 'fair', 'dissatisfied', 'very_dissatisfied')
    union all
    select 'a filing promises contact, acceptance and answer', issue_id
    from e where kind = 'submitted' and ((event->>'contact_due')::timestamptz > at and (event->>'accept_due')::timestamptz > at
        and (event->>'answer_due')::timestamptz > at) is not true
    union all
    -- 代办: both are recorded.
    select 'members act for their own enterprise, stations beside one of them', e.issue_id
    from e join issue i on i.id = e.issue_id
    where who in ('member', 'assisted', 'integration') and ((actor->>'enterprise')::bigint is distinct from i.enterprise_id
        or who <> 'integration' and not actor ? 'person' or who = 'assisted' and not (actor ? 'staff' and actor ? 'station'))
    union all
    select 'a centre acts on what lies in its district', e.issue_id
    from e
    where hand = 'centre' and (e.actor #>> '{duty,area}')::integer % 100 <> 0 and not exists (select from v p
        where p.issue_id = e.issue_id and p.seq <= e.seq and e.actor #>> '{duty,area}' in (p.event #>> '{submission,area}', p.event->>'area'))
    union all
    -- Of the place, as filed or as corrected when it was accepted.
    select 'a district''s department is given what lies in its district', e.issue_id
    from e join department d on d.area % 100 <> 0 and (d.id = (event->>'lead')::bigint or event->'co' @> to_jsonb(d.id))
    where e.kind = 'dispatched' and d.area::text is distinct from (select coalesce(p.event->>'area', p.event #>> '{submission,area}') from v p
        where p.issue_id = e.issue_id and p.seq < e.seq and (p.kind = 'submitted' or p.kind = 'accepted' and p.event ? 'area') order by p.seq desc limit 1)
    union all
    select 'objected to once, and looked at by the city''s centre', issue_id
    from e where kind = 'objected' and ((event->>'centre')::integer % 100 <> 0
        or exists (select from v p where p.issue_id = e.issue_id and p.seq < e.seq and p.kind = 'objected'))
    union all
    select 'who declined does not rule on the objection', e.issue_id
    from e where kind in ('accepted', 'declined') and exists (select from v p
        where p.issue_id = e.issue_id and p.seq < e.seq and p.kind = 'declined' and p.actor->'id' = e.actor->'id')
    union all
    select 'objected to and reopened while there is time', e.issue_id
    from e where kind in ('objected', 'reopened') and e.at > (select max(p.at) from v p
        where p.issue_id = e.issue_id and p.seq < e.seq and p.kind in ('declined', 'closed')) + interval '30 days'
    union all
    select 'what is found urgent is contacted earlier, never later', e.issue_id
    from e where kind = 'accepted' and (event->>'contact_due')::timestamptz >= (select (p.event->>'contact_due')::timestamptz from v p
        where p.issue_id = e.issue_id and p.seq = 1)
    union all
    -- Of the starting limits, which say five; an administrator may have kept others.
    select 'the enterprise is waited for at most five working days a round', e.issue_id
    from e join v s on s.issue_id = e.issue_id and s.seq = 1 and s.event->>'limits' = '1'
    where e.kind in ('supplied', 'pause_lapsed') group by e.issue_id, e.began having sum((e.event->>'shifted_minutes')::integer) > 5 * 420
    union all
    select 'a pause lapses at its end and not before', e.issue_id
    from e where kind = 'pause_lapsed' and e.at < (select max((p.event->>'cap')::timestamptz) from v p
        where p.issue_id = e.issue_id and p.seq < e.seq and p.kind = 'input_asked')
    union all
    -- The centre rules.
    select 'what a department has goes to another one from the second round on, once', e.issue_id
    from e where kind = 'dispatched' and stood <> 'accepted' and (began = 0
        or exists (select from v p where p.issue_id = e.issue_id and p.seq > began and p.seq < e.seq and p.kind = 'dispatched'))
    union all
    select 'a ruling on a return or on what was not enough says why', e.issue_id
    from e where kind = 'dispatched' and length(event->>'note') < 5 and (began > 0
        or exists (select from v p where p.issue_id = e.issue_id and p.seq < e.seq and p.kind = 'returned'))
    union all
    select 'returned to another department, and soon', e.issue_id
    from e where kind = 'returned' and ((event->>'proposed')::bigint is not distinct from lead or e.at > (select max(p.at) from v p
        where p.issue_id = e.issue_id and p.seq < e.seq and p.kind in ('dispatched', 'redispatched')) + interval '12 days')
    union all
    select 'the second ruling of a round is final', e.issue_id
    from e where kind = 'returned' and (select count(*) from v p
        where p.issue_id = e.issue_id and p.seq > began and p.seq < e.seq and p.kind = 'dispatched') > 1
    union all
    select 'more time is asked for a working day ahead, and granted before the end', e.issue_id
    from e where kind = 'extension_asked' and e.at > due - interval '7 hours'
        or kind = 'extended' and (not waits and e.at > due or (event->>'from')::timestamptz is distinct from due or (event->>'days')::integer < 1)
    union all
    select 'what is tracked promises a day that is ahead', issue_id
    from e where kind in ('tracked', 'reported') and ((event->>'promised')::timestamptz > at
        and (event->>'promised')::timestamptz < at + interval '60 days') is not true
    union all
    -- Three levels, parts and tasks.
    select 'a decision gives to each what by when', e.issue_id
    from e where kind in ('consulted', 'resolved') and (jsonb_array_length(event->'tasks') not between 1 and 6
        or (event->>'held')::timestamptz > at or exists (select from jsonb_array_elements(event->'tasks') t
            where ((t->>'department') is not null and (t->>'due')::timestamptz > at and (t->>'due')::timestamptz < at + interval '120 days') is not true))
    union all
    select 'the joint meeting decides what was referred to it', e.issue_id
    from e where kind = 'resolved' and (select p.kind from v p where p.issue_id = e.issue_id and p.seq < e.seq
        and p.kind in ('consulted', 'referred', 'resolved') order by p.seq desc limit 1) is distinct from 'referred'
    union all
    select 'parts and tasks are done by those whose they are', e.issue_id
    from e where kind = 'part_answered' and (event->>'department')::bigint is distinct from department
        or kind = 'task_done' and department is distinct from (select (t.task->>'department')::bigint
            from v p cross join lateral jsonb_array_elements(p.event->'tasks') with ordinality t (task, place)
            where p.issue_id = e.issue_id and p.seq < e.seq and p.kind in ('consulted', 'resolved')
            order by p.seq, t.place offset (e.event->>'task')::integer limit 1)
    union all
    -- The "135" procedure.
    select 'an order of supervision has three ends, one after another', e.issue_id
    from e where kind = 'supervised' and (at < (event->>'verify_due')::timestamptz
        and (event->>'verify_due')::timestamptz < (event->>'explain_due')::timestamptz
        and (event->>'explain_due')::timestamptz < (event->>'done_due')::timestamptz) is not true
    union all
    select 'an order is signed off when it was issued, explained and reviewed', e.issue_id
    from e cross join lateral (select max(p.seq) as seq from v p where p.issue_id = e.issue_id and p.seq < e.seq and p.kind = 'supervised') o
    where e.kind = 'signed_off' and (select count(distinct p.kind) from v p where p.issue_id = e.issue_id and p.seq between o.seq and e.seq
        and (p.kind in ('order_issued', 'reviewed') or p.kind = 'explained' and e.lead is not null))
        is distinct from 2 + (e.lead is not null)::integer
    union all
    -- Or after joint supervision, where three calls reached nobody.
    select 'an order is signed off when the enterprise confirmed it', e.issue_id
    from e cross join lateral (
            select max(p.seq) filter (where p.kind = 'supervised') as ordered, max(p.seq) filter (where p.kind in ('answered', 'redispatched')) as answered
            from v p where p.issue_id = e.issue_id and p.seq < e.seq
        ) o cross join lateral (
            select bool_and((said->>'solved')::boolean and said->>'level' in ('very_satisfied', 'satisfied', 'fair')) as happy, max(missed) as missed
            from (select case jsonb_typeof(p.event #> '{call,said}') when 'object' then p.event #> '{call,said}' else p.event->'rating' end as said,
                (p.event->>'missed')::integer as missed
                from v p where p.issue_id = e.issue_id and p.seq > o.answered and p.seq < e.seq and p.kind in ('rated', 'called_back')) words
        ) w
    where e.kind = 'signed_off' and e.stood not in ('withdrawn', 'declined', 'merged') and not (e.stood in ('answered', 'closed')
        and (w.happy is true or w.happy is null and w.missed >= 3 and exists (select from v p
            where p.issue_id = e.issue_id and p.seq between o.ordered and e.seq and p.kind = 'order_overdue' and p.event->>'stage' = 'done')))
    union all
    -- Call-backs.
    select 'what is not solved by a call-back goes round again', issue_id
    from e where kind = 'called_back' and stood <> 'withdrawn' and not (event #>> '{call,said,solved}')::boolean and next is distinct from 'redispatched'
    union all
    select 'nobody is called back twice, or again within the hour', c.issue_id
    from e c join v p on p.issue_id = c.issue_id and p.kind = 'called_back' and p.seq < c.seq
    where c.kind = 'called_back' and (jsonb_typeof(p.event #> '{call,said}') = 'object' or p.at > c.at - interval '1 hour')
        and not exists (select from v a where a.issue_id = c.issue_id and a.kind in ('answered', 'redispatched', 'withdrawn') and a.seq between p.seq and c.seq)
    union all
    -- Workers may be down for days: then whoever calls may be earlier than the reminder.
    select 'a call-back that nobody tried was told of', a.issue_id
    from e a
    where a.kind in ('answered', 'withdrawn') and (a.event->>'call_back_due')::timestamptz < $1::timestamptz - interval '4 days'
        and not exists (select from v n where n.issue_id = a.issue_id and n.seq > a.seq
            and (n.kind in ('called_back', 'answered', 'redispatched', 'withdrawn', 'merged')
                    and n.at <= (a.event->>'call_back_due')::timestamptz + interval '4 days'
                or n.kind = 'call_back_overdue' and n.event->'due' = a.event->'call_back_due'))
    union all
    -- Nothing is skipped silently.
    select 'what nobody takes climbs', i.id
    from issue i join lateral (
        select p.seq, coalesce((case i.state when 'submitted' then p.event->>'accept_due' when 'dispatched' then p.event->>'sign_due' end)::timestamptz,
            -- Nothing says by when the centre dispatches what it accepted: a working day.
            p.at + interval '12 days') as due
        from v p
        where p.issue_id = i.id and p.kind in ('submitted', 'objected', 'accepted', 'returned', 'dispatched', 'redispatched') order by p.seq desc limit 1
    ) p on p.due < $1::timestamptz - interval '1 day'
    where i.state in ('submitted', 'accepted', 'dispatched')
        -- While the centre accepted it and waited for the enterprise, the working day did not stand still; the pause did not climb.
        and not exists (select from v s where s.issue_id = i.id and s.seq > p.seq and s.kind in ('escalated', 'input_asked'))
    union all
    select 'a warning lies between the beginning of its limit and its end', issue_id
    from e where kind = 'warned' and ((event->>'since')::timestamptz <= (event->>'at')::timestamptz
        and (event->>'at')::timestamptz <= (event->>'due')::timestamptz) is not true
    union all
    -- Flags: both ways.
    select 'rating and call-back of one round are flagged when they disagree, and only then', i.id
    from issue i left join (
        select distinct r.issue_id
        from before r join before c on c.issue_id = r.issue_id and c.began = r.began and c.kind = 'called_back'
            and jsonb_typeof(c.event #> '{call,said}') = 'object'
        where r.kind = 'rated' and (r.event #>> '{rating,solved}' <> c.event #>> '{call,said,solved}'
            or (r.event #>> '{rating,level}' in ('dissatisfied', 'very_dissatisfied'))
                <> (c.event #>> '{call,said,level}' in ('dissatisfied', 'very_dissatisfied')))
    ) two on two.issue_id = i.id
    where 'disagreed' = any (i.flags) <> (two.issue_id is not null)
    union all
    select 'no unhappy word without its flag', e.issue_id
    from e join issue i on i.id = e.issue_id
    where 'dissatisfied' <> all (i.flags) and (e.kind = 'rated' or e.kind = 'called_back' and e.stood <> 'withdrawn')
        and (coalesce(event #>> '{rating,solved}', event #>> '{call,said,solved}') = 'false'
            or coalesce(event #>> '{rating,level}', event #>> '{call,said,level}') in ('dissatisfied', 'very_dissatisfied'))
    union all
    select 'supervised from the order until it is signed off', i.id
    from issue i
    where 'supervised' = any (i.flags) is distinct from coalesce((select p.kind from v p where p.issue_id = i.id and p.kind in ('supervised', 'signed_off')
        order by p.seq desc limit 1), '') = 'supervised'
    union all
    select 'what has ended is neither warned of nor overdue', id from issue
    where state in ('closed', 'declined', 'withdrawn', 'merged') and flags && array['warning', 'overdue']
)
select b.rule as "rule!", count(distinct b.issue_id) as "issues!",
    (array_agg(distinct i.number))[1:5] as "numbers!"
from broken b join issue i on i.id = b.issue_id
group by b.rule order by b.rule
