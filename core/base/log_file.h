/* A log file that starts anew with each local day. Not thread-safe: the log's lock is held. */
#ifndef HS_BASE_LOG_FILE_H
#define HS_BASE_LOG_FILE_H
#include "err.h"
#include <stdbool.h>
#include <stdio.h>

struct hs_log_file;
/* Opens for appending. is_daily: before the first line of a local day the file is renamed to
 * path.YYYY-MM-DD, the day of its last line (".2" and so on behind it if there is such a file); of
 * such files the newest `keep` stay, all if it is 0. */
int hs_log_file_open(const char *path, bool is_daily, uint64_t keep, struct hs_log_file **out,
                     struct hs_err *err);
void hs_log_file_change(struct hs_log_file *file, bool is_daily, uint64_t keep);
/* Where a line of that time goes; owned by file, good until the next call. Processes that share the
 * file turn it once. What cannot be renamed or opened is no reason to lose a line: the old file
 * goes on, and it is tried again with the next day. */
FILE *hs_log_file_at(struct hs_log_file *file, int64_t now_ms);
void hs_log_file_close(struct hs_log_file *file);
#endif
