# sawa_embed_sql(TARGET PREFIX DIR)
#   Every sql/*.sql of DIR and of the folders in it becomes a C string in PREFIX_sql.h:
#   sql/claim.sql -> PREFIX_sql_claim.
#   The files stay pasteable into psql; the program carries them inside.
find_program(SAWA_SH sh REQUIRED)

function(sawa_embed_sql target prefix dir)
  file(GLOB files CONFIGURE_DEPENDS ${dir}/sql/*.sql ${dir}/*/sql/*.sql)
  if(NOT files)
    return()
  endif()
  set(header ${CMAKE_BINARY_DIR}/sql/${target}/${prefix}_sql.h)
  add_custom_command(OUTPUT ${header}
    COMMAND ${SAWA_SH} ${CMAKE_SOURCE_DIR}/cmake/embed_sql.sh ${header} ${prefix} ${files}
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/embed_sql.sh
    VERBATIM)
  target_sources(${target} PRIVATE ${header})
  target_include_directories(${target} PRIVATE ${CMAKE_BINARY_DIR}/sql/${target})
endfunction()
