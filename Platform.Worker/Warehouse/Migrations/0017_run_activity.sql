-- The newest dates of all pipelines, whatever their number.
create index pipeline_run_by_date on meta.pipeline_run (data_date desc, pipeline);
