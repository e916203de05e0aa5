/* Places at which a test kills the process: HS_FAILPOINT("relay.part_row_written"). Test builds
 * only; HUBSYNC_FAILPOINT=name or name:N (the Nth time it is passed, from 1) sends SIGKILL to the
 * process itself. Scripts find the names by grep. */
#ifndef HS_BASE_FAILPOINT_H
#define HS_BASE_FAILPOINT_H
#ifdef HS_FAILPOINTS
void hs_failpoint(const char *name);
#define HS_FAILPOINT(name) hs_failpoint(name)
#else
#define HS_FAILPOINT(name) ((void)0)
#endif
#endif
