// System calls of Linux that glibc has, and that Swift's module Glibc does not show: their declarations in
// <sched.h>, <sys/mman.h> and <unistd.h> are behind _GNU_SOURCE, which that module is built without. Including those headers
// here gives the same module again, so what is needed is declared once more. Nothing here is compiled or linked.
#ifndef MERLON_CLINUX_H
#define MERLON_CLINUX_H

#include <stddef.h>

int setns(int descriptor, int kind);
int unshare(int flags);
int memfd_create(const char *name, unsigned int flags);
int pipe2(int ends[2], int flags);
int sched_getcpu(void);
int sched_getaffinity(int process, size_t size, void *mask);
int sched_setaffinity(int process, size_t size, const void *mask);

#endif
