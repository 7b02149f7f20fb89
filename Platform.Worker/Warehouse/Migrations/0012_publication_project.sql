-- Publications of several projects stand in one table: what a project owned before is what its own last publication says.
alter table meta.publication add column project_name text;
update meta.publication set project_name = manifest #>> '{project,name}';
create index publication_project on meta.publication (project_name, publication_id);
