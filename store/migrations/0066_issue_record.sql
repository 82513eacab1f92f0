-- 案卷 (S-8): who read the enterprise's number of an issue whole, for whoever looks on or rules on it. The security log itself is the
-- administrators'; of an issue that the scope may read, its readers are part of the file.
create function issue_readers(number text) returns table (at timestamptz, login text, name text)
language sql stable security definer set search_path = public, pg_temp as $$
    select s.at, s.login, coalesce(t.name, '')
    from security_event s left join staff t on t.id = s.staff_id
    where s.kind = 'unmasked' and s.subject = issue_readers.number and scope('kind') in ('centre', 'leader', 'supervisor', 'system')
    order by s.id
$$;
revoke execute on function issue_readers(text) from public;
grant execute on function issue_readers(text) to qifu_app;
