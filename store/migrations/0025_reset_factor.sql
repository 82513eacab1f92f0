-- An administrator takes the second factor of a colleague away who lost it. Secrets are nobody's to read but the system's; these two
-- functions say whether there is one, and end it, to whoever keeps the account.

create function staff_factor(account bigint) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    perform require_staff_kept(account);
    return exists (select from second_factor f where f.staff_id = account);
end
$$;

-- Sessions and half sign-ins end first, so whoever found the telephone does not go on. False where there was no factor; nothing happens then.
create function reset_staff_factor(account bigint) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_staff_kept(account);
    if not exists (select from second_factor f where f.staff_id = account) then
        return false;
    end if;
    delete from half_sign_in h where h.staff_id = account;
    delete from session s where s.staff_id = account;
    delete from recovery_code c where c.staff_id = account;
    delete from second_factor f where f.staff_id = account;
    return true;
end
$$;
