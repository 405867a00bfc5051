// SPDX-License-Identifier: MIT
#include "cli/program.h"

int main(int argc, char** argv) { return screenalytics::run_program(argc, argv); }
