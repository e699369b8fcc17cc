#!/bin/sh
# embed_sql.sh HEADER PREFIX FILE...: writes one C string constant per SQL file.
set -eu
header=$1 prefix=$2
shift 2
mkdir -p "$(dirname "$header")"
{
  echo "/* Made by cmake/embed_sql.sh; do not edit. */"
  for file in "$@"; do
    name=$(basename "$file" .sql)
    echo "__attribute__((unused)) static const char ${prefix}_sql_${name}[] ="
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/' "$file"
    echo "    ;"
  done
} >"$header.new"
mv "$header.new" "$header"
