-- The loop's rules were mended (domain::issue::alarm, domain::issue::measure): what is there already follows them, too.

-- A call-back and a reply to supervision are told of once their end is there, at once where it went by.
update issue set alarm_at = call_back_due where call_back_due < coalesce(alarm_at, 'infinity');
update issue i set alarm_at = asked.due
from (
    select distinct on (issue_id) issue_id, kind, (event ->> 'reply_due')::timestamptz as due
    from issue_event where kind in ('inquired', 'replied') order by issue_id, seq desc
) asked
where asked.issue_id = i.id and asked.kind = 'inquired' and asked.due < coalesce(i.alarm_at, 'infinity');

-- Measures: the district of the filing; whoever has it, and not who rightly returned it; nothing that waits for the enterprise before its first answer;
-- what was said of the last round alone; called back about any answer. None of this can make one pass all six that did not, or the other way round.
with changed as (
    update issue_measure m set area = i.area,
        department_id = case when m.answered_at is null then i.lead else m.department_id end,
        excluded = m.excluded or m.answered_at is null and i.state = 'awaiting_input',
        solved = case when i.round > 1 then coalesce(last.rated, last.said, false) else m.solved end,
        called_back = m.called_back or i.round > 1 and exists (
            select from issue_event p join issue_event c on c.issue_id = p.issue_id and c.kind = 'called_back' and c.seq > p.seq
                and c.at <= (p.event ->> 'call_back_due')::timestamptz
            where p.issue_id = i.id and p.kind = 'answered')
    from issue i left join lateral (
        select (array_agg((e.event #>> '{rating,solved}')::boolean order by e.seq desc) filter (where e.kind = 'rated'))[1] as rated,
            (array_agg((e.event #>> '{call,said,solved}')::boolean order by e.seq desc)
                filter (where e.kind = 'called_back' and e.event #>> '{call,said,solved}' is not null))[1] as said
        from issue_event e
        where e.issue_id = i.id
            and e.seq > (select max(a.seq) from issue_event a where a.issue_id = i.id and a.kind = 'redispatched')
    ) last on i.round > 1
    where i.id = m.issue_id and (i.round > 1 or m.area <> i.area
        or m.answered_at is null and (m.department_id is distinct from i.lead or i.state = 'awaiting_input'))
    returning m.due_at
)
-- Their days are summed again.
insert into indicator_stale (day)
select distinct (due_at at time zone 'Asia/Shanghai')::date from changed, indicator_rolled
where (due_at at time zone 'Asia/Shanghai')::date <= through + 1;
