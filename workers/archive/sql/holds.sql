-- What holds a day?
--   $1 parent text   $2 day date
SELECT hold, held_by, example FROM day_holds($1::text, $2::date) ORDER BY hold;
