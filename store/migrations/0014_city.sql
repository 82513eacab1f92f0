-- The city's own: organisations, categories, limits, and who may change them.

-- An administrator keeps an area: the city's the whole city, a district's its own.
update staff set area = 330500 where role = 'administrator' and area is null;
alter table staff drop constraint staff_scope_check, add constraint staff_scope_check check (case role
    when 'station' then station_id is not null and area is not null
    when 'handler' then department_id is not null
    else area is not null end);
