{{ config(alias='a_name_that_is_much_longer_than_the_sixty_three_bytes_of_postgresql') }}
select 1 as one
