-- What a higher platform answers about an issue that it took (S-5), each answer once: a note beside the issue for the offices that handle it, and a
-- message to whoever passed it. It answers nobody else: what the enterprise hears comes from its department.
alter table issue_note alter column staff_id drop not null;
alter table issue_note add column key_id bigint constraint issue_note_key_fkey references api_key;
alter table issue_note add constraint issue_note_author_check check ((staff_id is null) <> (key_id is null)) not valid;
alter table issue_note validate constraint issue_note_author_check;

create table upward_reply (
    issue_id bigint not null constraint upward_reply_issue_fkey references issue_upward,
    -- The platform's own mark of the answer.
    external_id text not null,
    body text not null constraint upward_reply_body_check check (length(body) between 5 and 900),
    -- Nothing more comes from above.
    done boolean not null,
    created_at timestamptz not null,
    constraint upward_reply_pkey primary key (issue_id, external_id)
);
comment on table upward_reply is '上级答复: what a higher platform answered about issues that it took';
alter table upward_reply enable row level security;
create policy upward_reply_read on upward_reply for select using ((select scope('kind')) = 'system'
    or (select scope('kind')) in ('centre', 'handler', 'supervisor', 'leader') and exists (select from issue i where i.id = issue_id));
grant select on upward_reply to qifu_app;
create trigger upward_reply_stays before update or delete on upward_reply for each row execute function refuse_change();

-- Keeps one: kept, again (the same once more), other (another text under this mark), ended (it had said its last), nothing (not taken by this key).
create function reply_upward(wanted text, mark text, said text, last boolean, now_at timestamptz) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    u issue_upward;
    r upward_reply;
    called text;
begin
    if not coalesce(exchanges(), false) then
        raise exception 'no key that exchanges' using errcode = 'insufficient_privilege';
    end if;
    select p.* into u from issue_upward p join issue i on i.id = p.issue_id where i.number = wanted for update of p;
    if not found or u.key_id is distinct from scope_id('key') then
        return 'nothing';
    end if;
    select * into r from upward_reply where issue_id = u.issue_id and external_id = mark;
    if found then
        return case when r.body = said and r.done = last then 'again' else 'other' end;
    end if;
    if exists (select from upward_reply where issue_id = u.issue_id and done) then
        return 'ended';
    end if;
    insert into upward_reply (issue_id, external_id, body, done, created_at) values (u.issue_id, mark, said, last, now_at);
    select k.name into called from api_key k where k.id = u.key_id;
    insert into issue_note (issue_id, key_id, author, body, created_at)
    values (u.issue_id, u.key_id, called, case when last then '上级平台办结：' else '上级平台答复：' end || said, now_at);
    insert into message (staff_id, issue_id, number, kind, title, body, created_at)
    values (u.staff_id, u.issue_id, wanted, 'upward_reply',
        case when last then '上报的诉求，上级平台已办结' else '上报的诉求，上级平台有答复' end, said, now_at);
    return 'kept';
end
$$;
