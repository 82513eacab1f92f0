-- Which template of the gateway an SMS takes is the administrator's to say, by what the notice is about (`notice_text`, codes `sms_...`):
-- what is told about members says so. What is told about an application says nothing, and is that.
create or replace function tell_person(who bigint, firm bigint, told jsonb, now_at timestamptz) returns void language sql as $$
    insert into message (person_id, enterprise_id, number, kind, title, body, link, created_at)
    select who, firm, '', 'member', told ->> 'title', told ->> 'body', coalesce(told ->> 'link', '/me/members'), now_at
    where told is not null;
    insert into job (kind, payload, run_at, created_at)
    select 'sms_notice', jsonb_build_object('phone', p.phone, 'text', told ->> 'body', 'about', 'member'), now_at, now_at
    from person p where p.id = who and told is not null
$$;
comment on table notice_text is '通知用语 and 短信模板 that the city has written';
