// libFuzzer's entry for programs that bring their own `main`, as SwiftPM's executables do
// (https://llvm.org/docs/LibFuzzer.html, "Using libFuzzer as a library"). LLVM ships no header for it.
#pragma once
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *data, size_t size));
