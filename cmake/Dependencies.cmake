# Everything that is not ours. Debian packages first; ONNX Runtime from the system where there is
# one, else from the pinned npm tarballs that tools/fetch_deps.sh unpacked into .deps/.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(Protobuf REQUIRED)
find_package(Eigen3 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PNG REQUIRED)
pkg_check_modules(EXIF REQUIRED IMPORTED_TARGET libexif)
pkg_check_modules(FFMPEG REQUIRED IMPORTED_TARGET
  libavformat>=59 libavcodec>=59 libavfilter>=8 libavutil>=57 libswscale>=6)
pkg_check_modules(TURBOJPEG REQUIRED IMPORTED_TARGET libturbojpeg)
if(SCREENALYTICS_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()

# One name for yaml-cpp: 0.8 exports yaml-cpp::yaml-cpp, 0.7 exports yaml-cpp.
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()

find_package(onnxruntime QUIET)
if(NOT TARGET onnxruntime::onnxruntime)
  set(ort_root ${PROJECT_SOURCE_DIR}/.deps/onnxruntime)
  if(NOT EXISTS ${ort_root}/include/onnxruntime_cxx_api.h)
    message(FATAL_ERROR "No ONNX Runtime: run tools/fetch_deps.sh, or install libonnxruntime-dev")
  endif()
  add_library(onnxruntime::onnxruntime SHARED IMPORTED)
  set_target_properties(onnxruntime::onnxruntime PROPERTIES
    IMPORTED_LOCATION ${ort_root}/lib/libonnxruntime.so.1
    INTERFACE_INCLUDE_DIRECTORIES ${ort_root}/include)
endif()

find_library(ONNX_PROTO_LIBRARY onnx_proto REQUIRED)
find_path(ONNX_INCLUDE_DIR onnx/onnx_pb.h REQUIRED)
add_library(onnx_proto INTERFACE)
target_include_directories(onnx_proto SYSTEM INTERFACE ${ONNX_INCLUDE_DIR})
target_compile_definitions(onnx_proto INTERFACE ONNX_NAMESPACE=onnx ONNX_ML=1)
target_link_libraries(onnx_proto INTERFACE ${ONNX_PROTO_LIBRARY} protobuf::libprotobuf)
