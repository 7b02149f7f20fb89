-- A dataset's partition may come in several files; lines run on from one to the next.
alter table meta.partition_load add column files jsonb not null default '[]';

update meta.partition_load
set files = jsonb_build_array(jsonb_build_object(
    'name', regexp_replace(file, '^.*/', ''), 'line_offset', 0, 'last_line', null, 'rows', file_rows, 'sha256', content_sha256));

comment on column meta.partition_load.files is
    '[{"name", "line_offset", "last_line", "rows", "sha256"}] in the order of loading: _line of a fact row is line_offset plus the line in its file.';
comment on column meta.partition_load.file is 'Path of the file; of several files their paths, separated by a comma and a space.';
comment on column meta.partition_load.content_sha256 is 'SHA-256 of the file; of several files that of their names and hashes.';
