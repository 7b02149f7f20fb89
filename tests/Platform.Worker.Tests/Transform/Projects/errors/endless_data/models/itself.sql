{% set l = [1] %}
{% do l.append(l) %}
{{ config(meta={'l': l}) }}
select 1 as one
