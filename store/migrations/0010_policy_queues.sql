-- A reviewer's queue is read from its index alone, with the columns the row's policy asks for. Otherwise a plan for any state walks all
-- applications in the order of their ids until a page is full.
drop index application_department_idx;
create index application_department_idx on application (department_id, state, id) include (enterprise_id, item_area);
drop index application_area_idx;
create index application_area_idx on application (item_area, state, id) include (enterprise_id, department_id);
