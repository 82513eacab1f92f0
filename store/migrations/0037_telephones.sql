-- Whom to call (S-2, S-4): the telephone of the centre of an area, and of a department. Empty where nobody gave one.
alter table area add column phone text not null default '';
alter table department add column phone text not null default '';
