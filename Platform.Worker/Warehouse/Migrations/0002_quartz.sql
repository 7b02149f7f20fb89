-- The scheduler creates its own tables in here when it starts.
create schema if not exists quartz;

comment on schema quartz is 'The scheduler''s own tables.';
