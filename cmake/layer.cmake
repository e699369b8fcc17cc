# sawa_layer(NAME LINKS target...)
#   A static library sawa_NAME from every .c file below the calling folder. Its headers are
#   reached as "NAME/header.h" by what links it, and by nothing else.
function(sawa_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINKS;PRIVATE_LINKS")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
  if(NOT sources)
    add_library(sawa_${name} INTERFACE)
    target_link_libraries(sawa_${name} INTERFACE ${arg_LINKS})
    return()
  endif()
  set(root ${CMAKE_BINARY_DIR}/layers/${name})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${root}/${name} SYMBOLIC)
  add_library(sawa_${name} STATIC ${sources})
  target_include_directories(sawa_${name} PUBLIC ${root})
  target_link_libraries(sawa_${name} PUBLIC ${arg_LINKS} PRIVATE ${arg_PRIVATE_LINKS})
endfunction()

# sawa_program(NAME)
#   The program sawa-NAME from every .c file of the calling folder and of the folders in it; all of
#   them write "header.h" or "folder/header.h", from the calling folder on. Target programs builds
#   all programs and no test.
function(sawa_program name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
  add_executable(sawa-${name} ${sources})
  target_include_directories(sawa-${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(sawa-${name} PRIVATE sawa_runtime)
  target_link_options(sawa-${name} PRIVATE -fno-lto) # see README.md
  add_dependencies(programs sawa-${name})
  sawa_embed_sql(sawa-${name} ${name} ${CMAKE_CURRENT_SOURCE_DIR})
endfunction()

# sawa_worker(NAME [WHOLE])
#   The program sawa-NAME of a worker on the loop, whose verbs (NAME/ops.h) sawa-replay calls too:
#   what was decided live is decided by the same code again. Everything but main.c is a library.
#   WHOLE: optimised as a whole when it is linked.
function(sawa_worker name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "WHOLE" "" "")
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
  list(FILTER sources EXCLUDE REGEX "/main\\.c$")
  set(root ${CMAKE_BINARY_DIR}/worker_roots/${name})
  file(MAKE_DIRECTORY ${root}/${name})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/ops.h ${root}/${name}/ops.h SYMBOLIC)
  add_library(sawa_worker_${name} STATIC ${sources})
  target_include_directories(sawa_worker_${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}
                             INTERFACE ${root})
  target_link_libraries(sawa_worker_${name} PUBLIC sawa_runtime)
  sawa_embed_sql(sawa_worker_${name} ${name} ${CMAKE_CURRENT_SOURCE_DIR})
  add_executable(sawa-${name} ${CMAKE_CURRENT_SOURCE_DIR}/main.c)
  target_include_directories(sawa-${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(sawa-${name} PRIVATE sawa_worker_${name})
  if(NOT arg_WHOLE)
    target_link_options(sawa-${name} PRIVATE -fno-lto) # see README.md
  endif()
  add_dependencies(programs sawa-${name})
endfunction()
