/*
 * To be preloaded: a name server that never answers, for names that end in ".hang", and a disk that never answers, for paths
 * with "hanging-" in them. What hangs is left hanging until the process ends; Linux only.
 *
 *     HANG_MS=8000: look-ups fail after so long, as they do when the name server is dead.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void hang(void) {
  for (;;) pause();
}

typedef int look_up(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(const char *name, const char *port, const struct addrinfo *hints, struct addrinfo **found) {
  size_t length = name ? strlen(name) : 0;
  if (length > 5 && strcmp(name + length - 5, ".hang") == 0) {
    const char *ms = getenv("HANG_MS");
    if (ms == NULL) hang();
    usleep(1000 * (useconds_t)atoi(ms));
    return EAI_AGAIN;
  }
  return ((look_up *)dlsym(RTLD_NEXT, "getaddrinfo"))(name, port, hints, found);
}

typedef int open_file(const char *, int, ...);

static int opened(const char *symbol, const char *path, int flags, mode_t mode) {
  if (strstr(path, "hanging-")) hang();
  return ((open_file *)dlsym(RTLD_NEXT, symbol))(path, flags, mode);
}

static mode_t mode_in(int flags, va_list rest) {
  return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = mode_in(flags, rest);
  va_end(rest);
  return opened("open", path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = mode_in(flags, rest);
  va_end(rest);
  return opened("open64", path, flags, mode);
}
