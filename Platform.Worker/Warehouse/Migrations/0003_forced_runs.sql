alter table meta.pipeline_run add column force boolean not null default false;

comment on column meta.pipeline_run.force is 'Load again even what has not changed, whichever Worker takes the run up.';
