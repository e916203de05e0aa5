#include "log_file.h"

#include "mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "banned.h"

enum { DAY_CHARS = 10, MAX_SAME_DAY = 1000 };

struct hs_log_file {
    char *path;
    FILE *stream;
    bool is_daily;
    uint64_t keep;
    char day[DAY_CHARS + 1]; /* of the lines in it */
    int64_t turn_ms;         /* the first instant that is not of that day */
};

/* The local day that now_ms is in, and when the next one begins. */
static void set_day(struct hs_log_file *file, int64_t now_ms)
{
    time_t now = (time_t)(now_ms / 1000);
    struct tm day;

    if (!localtime_r(&now, &day) || strftime(file->day, sizeof file->day, "%Y-%m-%d", &day) != DAY_CHARS)
        (void)snprintf(file->day, sizeof file->day, "%s", "0000-00-00");
    day.tm_mday++;
    day.tm_hour = day.tm_min = day.tm_sec = 0;
    day.tm_isdst = -1;
    file->turn_ms = (int64_t)mktime(&day) * 1000;
    if (file->turn_ms <= now_ms) /* no such midnight here: look again in an hour */
        file->turn_ms = now_ms + 3600 * 1000;
}

static FILE *open_append(const char *path)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    FILE *stream = fd < 0 ? NULL : fdopen(fd, "a");

    if (fd >= 0 && !stream)
        (void)close(fd);
    return stream;
}

int hs_log_file_open(const char *path, bool is_daily, uint64_t keep, struct hs_log_file **out,
                     struct hs_err *err)
{
    struct hs_log_file *file;
    struct stat st;
    FILE *stream = open_append(path);

    if (!stream)
        return hs_fail_errno(err, "open the log file", path);
    file = hs_xcalloc(1, sizeof *file);
    file->path = hs_xstrdup(path);
    file->stream = stream;
    file->is_daily = is_daily;
    file->keep = keep;
    if (fstat(fileno(stream), &st) == 0 && st.st_size > 0)
        set_day(file, (int64_t)st.st_mtime * 1000);
    *out = file;
    return 0;
}

void hs_log_file_change(struct hs_log_file *file, bool is_daily, uint64_t keep)
{
    file->is_daily = is_daily;
    file->keep = keep;
}

/* ---- old files ---- */
static bool is_old_file(const char *name, const char *base)
{
    size_t n = strlen(base);

    return strncmp(name, base, n) == 0 && name[n] == '.' &&
           strspn(name + n + 1, "0123456789-") == DAY_CHARS &&
           (name[n + 1 + DAY_CHARS] == '\0' || name[n + 1 + DAY_CHARS] == '.');
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void remove_oldest(const struct hs_log_file *file)
{
    const char *slash = strrchr(file->path, '/'), *base = slash ? slash + 1 : file->path;
    char *folder = hs_xstrdup(slash ? file->path : ".");
    DIR *dir;
    HS_VEC(char *) names = {NULL, 0, 0};
    const struct dirent *entry;

    if (slash)
        folder[slash - file->path + 1] = '\0';
    dir = opendir(folder);
    while (dir && (entry = readdir(dir)))
        if (is_old_file(entry->d_name, base))
            *hs_vec_add(&names) = hs_xstrdup(entry->d_name);
    if (names.n)
        qsort(names.items, names.n, sizeof *names.items, by_name);
    for (size_t i = 0; i < names.n; i++) {
        if (dir && names.n - i > file->keep)
            (void)unlinkat(dirfd(dir), names.items[i], 0);
        free(names.items[i]);
    }
    hs_vec_clear(&names);
    if (dir)
        (void)closedir(dir);
    free(folder);
}

/* ---- turning ---- */
/* Has another process renamed it already? */
static bool is_still_at_its_path(const struct hs_log_file *file)
{
    struct stat ours, there;

    return fstat(fileno(file->stream), &ours) == 0 && stat(file->path, &there) == 0 &&
           ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

static void rename_old(const struct hs_log_file *file)
{
    size_t n = strlen(file->path) + DAY_CHARS + 16;
    char *old = hs_xcalloc(1, n);

    for (int i = 1; i < MAX_SAME_DAY; i++) {
        (void)snprintf(old, n, i == 1 ? "%s.%s" : "%s.%s.%d", file->path, file->day, i);
        if (link(file->path, old) == 0) {
            (void)unlink(file->path);
            break;
        }
        if (errno != EEXIST) { /* a file system without links */
            if (access(old, F_OK) != 0)
                (void)rename(file->path, old);
            break;
        }
    }
    free(old);
}

static void turn(struct hs_log_file *file)
{
    FILE *fresh;
    bool is_locked;

    (void)fflush(file->stream);
    is_locked = flock(fileno(file->stream), LOCK_EX) == 0;
    if (is_locked && is_still_at_its_path(file))
        rename_old(file);
    fresh = open_append(file->path);
    if (!fresh) {
        if (is_locked)
            (void)flock(fileno(file->stream), LOCK_UN);
        return;
    }
    (void)fclose(file->stream);
    file->stream = fresh;
    if (file->keep)
        remove_oldest(file);
}

FILE *hs_log_file_at(struct hs_log_file *file, int64_t now_ms)
{
    struct stat st;

    if (!file->is_daily || now_ms < file->turn_ms)
        return file->stream;
    if (*file->day && fstat(fileno(file->stream), &st) == 0 && st.st_size > 0)
        turn(file);
    set_day(file, now_ms);
    return file->stream;
}

void hs_log_file_close(struct hs_log_file *file)
{
    if (!file)
        return;
    (void)fclose(file->stream);
    free(file->path);
    free(file);
}
