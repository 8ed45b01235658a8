/* Adds SLOW_MICROSECONDS to each call that names a file below SLOW_MOUNT: what a metadata call on EFS
 * takes, where this machine's disk takes 2 microseconds. Loaded with LD_PRELOAD. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void wait_for(const char *path) {
    const char *mount = getenv("SLOW_MOUNT"), *delay = getenv("SLOW_MICROSECONDS");
    if (path && mount && delay && strncmp(path, mount, strlen(mount)) == 0) {
        struct timespec pause = {0, atol(delay) * 1000};
        nanosleep(&pause, NULL);
    }
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define OPEN(name)                                                                                 \
    int name(const char *path, int flags, ...) {                                                   \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                    \
        va_end(rest);                                                                              \
        wait_for(path);                                                                            \
        return REAL(name)(path, flags, mode);                                                      \
    }
#define NAMED(result, name, parameters, ...)                                                       \
    result name parameters {                                                                       \
        wait_for(path);                                                                            \
        return REAL(name)(__VA_ARGS__);                                                            \
    }

OPEN(open)
OPEN(open64)
NAMED(int, stat, (const char *path, struct stat *buffer), path, buffer)
NAMED(int, lstat, (const char *path, struct stat *buffer), path, buffer)
NAMED(int, stat64, (const char *path, struct stat64 *buffer), path, buffer)
NAMED(int, lstat64, (const char *path, struct stat64 *buffer), path, buffer)
NAMED(int, access, (const char *path, int mode), path, mode)
NAMED(DIR *, opendir, (const char *path), path)
NAMED(ssize_t, readlink, (const char *path, char *buffer, size_t size), path, buffer, size)
