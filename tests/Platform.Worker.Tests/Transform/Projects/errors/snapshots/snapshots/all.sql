{% snapshot history %}{{ config(strategy="timestamp", unique_key="one") }} select 1 as one{% endsnapshot %}
{% snapshot past %}{{ config(unique_key="one") }} select 1 as one{% endsnapshot %}
