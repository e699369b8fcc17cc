# sawa_layer(NAME LINKS target...)
#   A static library sawa_NAME from every .c file below the calling folder. Its headers are
#   reached as "NAME/header.h" by what links it, and by nothing else.
function(sawa_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINKS;PRIVATE_LINKS")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
  set(root ${CMAKE_BINARY_DIR}/layers/${name})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${root}/${name} SYMBOLIC)
  add_library(sawa_${name} STATIC ${sources})
  target_include_directories(sawa_${name} PUBLIC ${root})
  target_link_libraries(sawa_${name} PUBLIC ${arg_LINKS} PRIVATE ${arg_PRIVATE_LINKS})
endfunction()

# sawa_program(NAME)
#   The program sawa-NAME from every .c file of the calling folder.
function(sawa_program name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
  add_executable(sawa-${name} ${sources})
  target_include_directories(sawa-${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(sawa-${name} PRIVATE sawa_runtime)
  sawa_embed_sql(sawa-${name} ${name} ${CMAKE_CURRENT_SOURCE_DIR})
endfunction()
