-- Supervision asks and leaders instruct: both write events of what they may read, which the rules decide (domain::issue::table).
drop policy issue_event_insert on issue_event;
create policy issue_event_insert on issue_event as restrictive for insert
    with check ((select scope('kind')) in ('member', 'station', 'centre', 'handler', 'supervisor', 'leader', 'system'));
