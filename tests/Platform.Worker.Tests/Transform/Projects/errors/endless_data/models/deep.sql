{% set ns = namespace(l=[]) %}
{% for i in range(100000) %}{% set ns.l = [ns.l] %}{% endfor %}
{{ config(meta=dict(l=ns.l)) }}
select 1 as one
