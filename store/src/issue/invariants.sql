-- What must hold of every issue, whoever did what in which order: read off the events alone, and compared with what commands left beside them.
-- By whom, from which state and how often each step was taken is in invariants_steps.sql. A row a rule: how many issues break it, and five of them. $1 is now;
-- $2 and $3 are days and how many working days there were up to each and with it; $4 and $5 versions of the limits and for how many working days an answer
-- waits for a rating under each. A limit that begins outside working time ends with its last day, so that one day less lies between the two dates: that is what
-- is asked for.
with working as materialized (
    select day, nth from unnest($2::date[], $3::integer[]) as working (day, nth)
),
waits as materialized (
    select version, days from unnest($4::integer[], $5::integer[]) as waits (version, days)
),
v as not materialized (
    select issue_id, seq, at, kind, actor->>'kind' as who, actor #>> '{duty,role}' as role, event::jsonb as event from issue_event
),
-- With the round, and the due time an event sets; where one looks for an issue's other events it does so in v, by the key.
e as materialized (
    select v.*, (event->>'answer_due')::timestamptz as answer_due, count(*) filter (where kind = 'redispatched') over run as turn
    from v
    window run as (partition by issue_id order by seq)
),
-- The due time in force when each event came, and the due time that its answer was first promised by.
d as materialized (
    select e.*, (array_agg(answer_due) filter (where answer_due is not null) over before)[
        count(answer_due) over before] as due_before
    from e
    window before as (partition by issue_id order by seq rows between unbounded preceding and 1 preceding)
),
answered as materialized (
    select distinct on (issue_id) issue_id, seq, at, due_before from d where kind = 'answered' order by issue_id, seq
),
again as materialized (
    select issue_id, max(seq) as seq, count(*) as times from e where kind = 'redispatched' group by issue_id
),
rated as materialized (
    select distinct on (issue_id) issue_id, seq, (event #>> '{rating,solved}')::boolean as solved,
        event #>> '{rating,level}' not in ('dissatisfied', 'very_dissatisfied') as content,
        event #> '{rating,aid}' is not null or who = 'integration' as aided
    from e where kind = 'rated' order by issue_id, seq desc
),
last_due as materialized (
    select distinct on (issue_id) issue_id, answer_due from e where answer_due is not null order by issue_id, seq desc
),
naive as materialized (
    select i.id as issue_id, i.version, i.state, i.round, i.due_at, i.flags,
        coalesce(a.due_before, l.answer_due) as due, a.at as answered_at,
        -- Only since contacts are recorded: of earlier ones the centre's first act was the contact.
        s.event ? 'contact_apart' as contact_apart,
        exists (select from v c where c.issue_id = i.id and c.kind = 'contacted' and (c.event->>'reached')::boolean
            and c.at <= (select (p.event->>'contact_due')::timestamptz from v p where p.issue_id = c.issue_id and p.seq < c.seq
                and p.event ? 'contact_due' order by p.seq desc limit 1)) as contacted,
        -- Of the last round alone; a new one is not solved until somebody says so.
        coalesce(case when r.seq > coalesce(g.seq, 0) then r.solved end,
            (select (c.event #>> '{call,said,solved}')::boolean from v c where c.issue_id = i.id and c.kind = 'called_back'
                and c.seq > coalesce(g.seq, 0) and jsonb_typeof(c.event #> '{call,said}') = 'object' order by c.seq desc limit 1),
            case when g.seq is not null then false end) as solved,
        r.content, coalesce(r.aided, false) as aided,
        exists (select from v p join v c on c.issue_id = p.issue_id and c.kind = 'called_back' and c.seq > p.seq
                and c.at <= (p.event->>'call_back_due')::timestamptz
            where p.issue_id = i.id and p.kind = 'answered') as called_back,
        (select e.kind from v e where e.issue_id = i.id and e.kind in ('submitted', 'declined', 'objected', 'closed', 'redispatched', 'withdrawn', 'merged')
            order by e.seq desc limit 1) as stands,
        -- Before it was answered: then its limit stands still, and is not due.
        a.at is null and (select e.kind from v e where e.issue_id = i.id and e.kind in ('input_asked', 'supplied', 'pause_lapsed', 'withdrawn', 'merged')
            order by e.seq desc limit 1) is not distinct from 'input_asked' as waits,
        coalesce(g.times, 0) as again
    from issue i
    join v s on s.issue_id = i.id and s.seq = 1
    left join answered a on a.issue_id = i.id
    left join rated r on r.issue_id = i.id
    left join again g on g.issue_id = i.id
    left join last_due l on l.issue_id = i.id
),
broken (rule, issue_id) as (
    -- The record.
    select 'events are numbered without a gap', issue_id from e group by issue_id having min(seq) <> 1 or max(seq) <> count(*)
    union all
    select 'events follow one another in time', issue_id
    from (select issue_id, at < lag(at) over (partition by issue_id order by seq) as back from e) x where back
    union all
    select 'the issue stands at its last event', n.issue_id
    from naive n where n.version is distinct from (select max(e.seq) from issue_event e where e.issue_id = n.issue_id)
    union all
    -- Nobody closes but the enterprise, or the centre or the clock after the centre tried to call.
    select 'closed only on the enterprise''s word, or after a call-back and ten working days', c.issue_id
    from e c
    where c.kind = 'closed' and case c.event #>> '{basis,by}'
        when 'rated' then not exists (select from v r where r.issue_id = c.issue_id and r.seq = c.seq - 1 and r.kind = 'rated'
            and r.who in ('member', 'integration') and (r.event #>> '{rating,solved}')::boolean
            and r.event #>> '{rating,level}' in ('very_satisfied', 'satisfied', 'fair'))
        else c.role is distinct from 'centre' and c.who <> 'system'
            or not exists (select from v a join v b on b.issue_id = a.issue_id and b.kind = 'called_back' and b.seq between a.seq and c.seq
            where a.issue_id = c.issue_id and a.kind = 'answered'
                and (select max(nth) - min(nth) from working where day in ((a.at at time zone 'Asia/Shanghai')::date, (c.at at time zone 'Asia/Shanghai')::date))
                    >= coalesce((select w.days from waits w join v s on s.issue_id = c.issue_id and s.seq = 1
                        where w.version = (s.event->>'limits')::integer), 0) - 1
                and not exists (select from v n where n.issue_id = a.issue_id and n.kind = 'redispatched' and n.seq between a.seq and c.seq))
        end
    union all
    -- Silence is not satisfaction: what the enterprise called bad by telephone is closed by a person.
    select 'the clock closes nothing that was called unsolved or bad', c.issue_id
    from v c
    where c.kind = 'closed' and c.who = 'system' and (select not (b.event #>> '{call,said,solved}')::boolean
            or b.event #>> '{call,said,level}' in ('dissatisfied', 'very_dissatisfied')
        from v b where b.issue_id = c.issue_id and b.seq < c.seq and b.kind = 'called_back' order by b.seq desc limit 1)
    union all
    select 'the clock orders supervision once a round, of what was told to be overdue', s.issue_id
    from e s
    where s.kind = 'supervised' and s.who = 'system'
    group by s.issue_id, s.turn
    having count(*) > 1 or not exists (select from v o where o.issue_id = s.issue_id and o.kind = 'overdue' and o.seq < min(s.seq))
    union all
    -- By them, or by the channel that passes on what they said to it.
    select 'rated by members alone', issue_id from e where kind = 'rated' and who not in ('member', 'integration')
    union all
    select 'answered by a department alone', issue_id from e where kind = 'answered' and role is distinct from 'handler'
    union all
    select 'called back by the centre alone', issue_id from e where kind = 'called_back' and role is distinct from 'centre'
    union all
    select 'what is unsolved or unsatisfactory goes round again', r.issue_id
    from e r
    where r.kind = 'rated' and not ((r.event #>> '{rating,solved}')::boolean and r.event #>> '{rating,level}' in ('very_satisfied', 'satisfied', 'fair'))
        and not exists (select from v n where n.issue_id = r.issue_id and n.seq = r.seq + 1 and n.kind = 'redispatched')
    union all
    select 'the round is counted', issue_id
    from naive n
    where n.round <> case when exists (select from v e where e.issue_id = n.issue_id and e.kind = 'dispatched') then 1 + n.again else 0 end
    union all
    select 'closed and withdrawn are what the last of such events says', issue_id
    from naive where (state = 'closed') <> (stands = 'closed') or (state = 'withdrawn') <> (stands = 'withdrawn')
    union all
    -- The clocks.
    select 'no due time moves without an event', issue_id
    from naive n join last_due l using (issue_id) where n.due_at is distinct from l.answer_due
    union all
    select 'only a pause, an extension, an acceptance, a merger or a new round moves a due time', issue_id
    from d where answer_due is distinct from due_before and answer_due is not null
        and kind not in ('submitted', 'accepted', 'supplied', 'pause_lapsed', 'extended', 'redispatched', 'absorbed')
    union all
    select 'a pause or an extension never makes a due time earlier', issue_id
    from d where kind in ('supplied', 'pause_lapsed', 'extended') and answer_due < due_before
    union all
    select 'an answer is late when it came after its due time, and only then', issue_id
    from d where kind = 'answered' and (event->>'late')::boolean is distinct from (at > due_before)
    union all
    select 'a promised answer is late when it came after its day, and only then', r.issue_id
    from v r
    where r.kind = 'reported' and (r.event->>'late')::boolean is distinct from (r.at > (select (p.event->>'promised')::timestamptz from v p
        where p.issue_id = r.issue_id and p.seq < r.seq and p.kind in ('tracked', 'reported') order by p.seq desc limit 1))
    union all
    select 'the lead answers when every part of the co-departments is there or waived', a.issue_id
    from v a join lateral (select d.* from v d where d.issue_id = a.issue_id and d.seq < a.seq and d.kind in ('dispatched', 'redispatched')
        order by d.seq desc limit 1) d on d.kind = 'dispatched' and d.event ? 'co_due'
        cross join jsonb_array_elements(d.event->'co') co
    where a.kind = 'answered' and not exists (select from v p where p.issue_id = a.issue_id and p.seq between d.seq and a.seq
        and p.kind in ('part_answered', 'part_waived') and p.event->'department' = co)
    union all
    select 'a department accepts and forwards only as the lead of a board, to who is absent, and keeps nothing of it', a.issue_id
    from (select issue_id, seq, kind, event::jsonb as event, actor::jsonb #> '{duty,department}' as own from issue_event
            where kind in ('accepted', 'dispatched') and actor #>> '{duty,role}' = 'handler') a
        left join lateral (select b.event->'board_lead' as board from v b where b.issue_id = a.issue_id and b.seq < a.seq
            and b.kind in ('submitted', 'accepted') order by b.seq desc limit 1) s on true
    where s.board->'lead' is distinct from a.own
        or a.kind = 'dispatched' and (s.board->'absent' is distinct from a.event->'lead' or a.event->'co' @> a.own)
    union all
    select 'what a decision gave to a department is confirmed only when it was done', c.issue_id
    from v c
    where c.kind = 'task_confirmed' and not exists (select from v t where t.issue_id = c.issue_id and t.seq < c.seq and t.kind = 'task_done'
        and t.event->'task' = c.event->'task')
    union all
    select 'at most one extension a round, and none that was not asked for', x.issue_id
    from e x
    where x.kind in ('extension_asked', 'extended')
    group by x.issue_id, x.turn
    having count(*) filter (where x.kind = 'extension_asked') > 1
        or count(*) filter (where x.kind = 'extended') > count(*) filter (where x.kind = 'extension_asked')
    union all
    select 'asked to supply at most twice a round', issue_id from e where kind = 'input_asked' group by issue_id, turn having count(*) > 2
    union all
    select 'returned at most once a round', issue_id from e where kind = 'returned' group by issue_id, turn having count(*) > 1
    union all
    -- What the clocks told.
    select 'nothing is told twice', issue_id
    from e where kind in ('warned', 'owed_warned', 'overdue', 'escalated', 'order_overdue', 'part_overdue', 'task_overdue', 'reply_overdue',
        'call_back_overdue')
    group by issue_id, kind, turn, event->>'owed', event->>'step', event->>'rung', event->>'stage', event->>'since', event->>'department', event->>'task',
        -- A due time that an extension moved is warned of anew.
        event->>'due'
    having count(*) > 1
    union all
    select 'nothing is told before its time', issue_id
    from e where kind in ('warned', 'owed_warned', 'overdue', 'escalated', 'order_overdue', 'part_overdue', 'task_overdue', 'reply_overdue',
        'call_back_overdue') and at < coalesce(event->>'at', event->>'due')::timestamptz
    union all
    select 'nobody is told that it is overdue who was not warned', o.issue_id
    from e o
    where o.kind = 'overdue' and not exists (select from v w where w.issue_id = o.issue_id and w.kind = 'warned' and w.seq < o.seq
        and w.event->>'step' = o.event->>'step' and w.event->>'since' = o.event->>'since')
    union all
    select 'what is open and late was told to be overdue within a day', n.issue_id
    from naive n
    where n.state in ('submitted', 'accepted', 'dispatched', 'handling') and n.due_at < $1::timestamptz - interval '1 day'
        -- Of this end, or of one that pauses alone have moved since: what was late before one is late after it, and not told anew. An event that says
        -- the end that holds already moves nothing.
        and not exists (select from v o where o.issue_id = n.issue_id and o.kind = 'overdue' and o.event->>'step' = 'answer'
            and ((o.event->>'due')::timestamptz = n.due_at or not exists (select from v m where m.issue_id = o.issue_id and m.seq > o.seq
                and m.event ? 'answer_due' and m.kind not in ('supplied', 'pause_lapsed')
                and m.event->>'answer_due' is distinct from (select p.event->>'answer_due' from v p where p.issue_id = m.issue_id and p.seq < m.seq
                    and p.event ? 'answer_due' order by p.seq desc limit 1))))
    union all
    -- Flags and their evidence.
    select 'no flag without its evidence', n.issue_id
    from naive n cross join unnest(n.flags) flag
    where not case flag
        when 'warning' then exists (select from v e where e.issue_id = n.issue_id and e.kind = 'warned')
        when 'overdue' then exists (select from v e where e.issue_id = n.issue_id and e.kind = 'overdue')
        when 'dissatisfied' then exists (select from v e where e.issue_id = n.issue_id and (
            e.kind = 'rated' and (not (e.event #>> '{rating,solved}')::boolean or e.event #>> '{rating,level}' in ('dissatisfied', 'very_dissatisfied'))
            or e.kind = 'called_back' and (not (e.event #>> '{call,said,solved}')::boolean
                or e.event #>> '{call,said,level}' in ('dissatisfied', 'very_dissatisfied'))))
        when 'answered_late' then exists (select from v e where e.issue_id = n.issue_id and e.kind = 'answered' and (e.event->>'late')::boolean)
        when 'redispatched' then n.again > 0
        when 'disagreed' then exists (select from v e where e.issue_id = n.issue_id and e.kind = 'rated')
            and exists (select from v e where e.issue_id = n.issue_id and e.kind = 'called_back')
        when 'supervised' then exists (select from v s where s.issue_id = n.issue_id and s.kind = 'supervised'
            and not exists (select from v f where f.issue_id = s.issue_id and f.kind = 'signed_off' and f.seq > s.seq))
        -- By a leader, or with an issue that was merged into it.
        when 'instructed' then exists (select from v e where e.issue_id = n.issue_id
            and (e.kind = 'instructed' or e.kind = 'absorbed' and (e.event->>'instructed')::boolean))
        else false
        end
    union all
    select 'no late answer, new round, order or instruction without its flag', n.issue_id
    from naive n
    where exists (select from v e where e.issue_id = n.issue_id and e.kind = 'answered' and (e.event->>'late')::boolean) and not 'answered_late' = any(n.flags)
        or n.again > 0 and not 'redispatched' = any(n.flags)
        or exists (select from v e where e.issue_id = n.issue_id and e.kind = 'instructed') and not 'instructed' = any(n.flags)
    union all
    select 'a merger is written into both issues, at one instant', e.issue_id
    from e join issue own on own.id = e.issue_id
    where e.kind in ('merged', 'absorbed') and not exists (select from issue other join v half on half.issue_id = other.id
        where other.number = coalesce(e.event->>'into', e.event->>'from') and other.enterprise_id = own.enterprise_id
            and half.kind = case e.kind when 'merged' then 'absorbed' else 'merged' end
            and coalesce(half.event->>'from', half.event->>'into') = own.number and half.at = e.at)
    union all
    -- The six indicators, counted a second time.
    select 'the indicators say what the events say', n.issue_id
    from naive n left join issue_measure m on m.issue_id = n.issue_id
    where n.due is not null and (m.issue_id is null
        or m.due_at <> n.due
        or m.answered_at is distinct from n.answered_at
        or n.contact_apart and m.contacted <> n.contacted
        or m.on_time <> coalesce(n.answered_at <= n.due, false)
        or m.solved is distinct from n.solved
        or m.content is distinct from n.content
        or m.closed <> (n.stands = 'closed')
        or m.once <> (n.stands = 'closed' and n.again = 0)
        or m.called_back <> n.called_back
        or m.withdrawn <> (n.stands = 'withdrawn')
        or m.returned <> exists (select from v e where e.issue_id = n.issue_id and e.kind = 'returned')
        or m.extended <> exists (select from v e where e.issue_id = n.issue_id and e.kind = 'extended')
        or m.disagreed <> ('disagreed' = any (n.flags))
        or m.aided <> n.aided
        or m.excluded <> (n.waits or n.stands in ('declined', 'merged')))
)
select b.rule as "rule!", count(distinct b.issue_id) as "issues!",
    (array_agg(distinct i.number))[1:5] as "numbers!"
from broken b join issue i on i.id = b.issue_id
group by b.rule order by b.rule
