/* A provider that crashes ends the process: with 12 and its name, where that can be told. */
#ifndef HS_CLI_CRASH_H
#define HS_CLI_CRASH_H
#include <stdint.h>

/* From now on SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT with a provider's code on the stack print
 * its file and exit 12; document: standard output gets the error document, lines: then the exit
 * line. Other crashes end as ever. Does nothing in a build with sanitizers. */
enum hs_crash_form { HS_CRASH_WORDS = 0, HS_CRASH_DOCUMENT, HS_CRASH_LINES };
void hs_crash_watch(enum hs_crash_form form);

/* Of one line of /proc/self/maps: the provider "x" of a …/hub-x.so that covers address, its length
 * in *n; NULL if it is another. Async-signal-safe. */
const char *hs_crash_plugin(const char *line, uintptr_t address, int *n);
#endif
