-- The clock warns of call-backs, and closes what nobody rated (domain::issue::alarm): what is there already follows it, too. Parts, tasks and steps of an
-- order that were given before are warned of from the next command on; without one their end is told as it was.

-- A working day before its end is a day before it, or earlier.
update issue set alarm_at = call_back_due - interval '1 day'
where call_back_due > now() and call_back_due - interval '1 day' < coalesce(alarm_at, 'infinity');

-- Answers that were called back, and not called bad: ten working days are over in twenty-four days, whatever the holidays. What is long over comes an hour
-- after another, not at once: each is told to an enterprise.
update issue i set alarm_at = least(i.alarm_at, greatest(i.answered_at + interval '24 days', now() + i.id % 240 * interval '1 hour'))
from issue_event c
where i.state = 'answered' and c.issue_id = i.id and c.kind = 'called_back'
    and c.seq = (select max(b.seq) from issue_event b where b.issue_id = i.id and b.kind in ('answered', 'called_back'))
    and (jsonb_typeof(c.event::jsonb #> '{call,said}') is distinct from 'object'
        or (c.event #>> '{call,said,solved}')::boolean and c.event #>> '{call,said,level}' not in ('dissatisfied', 'very_dissatisfied'));
