# Warnings and sanitizers, as one interface target that every module links privately.
add_library(screenalytics_flags INTERFACE)
target_compile_options(screenalytics_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wunused
  -Wdouble-promotion -Wimplicit-fallthrough)
if(SCREENALYTICS_WERROR)
  target_compile_options(screenalytics_flags INTERFACE -Werror)
endif()
if(SCREENALYTICS_SANITIZE)
  target_compile_options(screenalytics_flags INTERFACE
    -fsanitize=${SCREENALYTICS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(screenalytics_flags INTERFACE -fsanitize=${SCREENALYTICS_SANITIZE})
endif()
