-- What keeps the books from closing up to a day?
--   $1 until_date date
SELECT obstacle, held_by, example FROM period_obstacles($1::date);
