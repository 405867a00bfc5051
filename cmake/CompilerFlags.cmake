# Warnings and sanitizers, as one interface target that every module links privately.
add_library(screenalytics_flags INTERFACE)
target_compile_options(screenalytics_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wunused
  -Wdouble-promotion -Wimplicit-fallthrough)
# GCC 12 and 13, at -O3, see uses and frees in inlined vectors that are not there.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  target_compile_options(screenalytics_flags INTERFACE -Wno-free-nonheap-object -Wno-use-after-free)
endif()
if(SCREENALYTICS_WERROR)
  target_compile_options(screenalytics_flags INTERFACE -Werror)
endif()
if(SCREENALYTICS_SANITIZE)
  target_compile_options(screenalytics_flags INTERFACE
    -fsanitize=${SCREENALYTICS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(screenalytics_flags INTERFACE -fsanitize=${SCREENALYTICS_SANITIZE})
endif()
