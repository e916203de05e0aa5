#include "store/files.h"
#include "base/banned.h"

/* FORMAT, the number of files; for each: a byte of flags, the path's length and the path, then what
 * the flags announce. Numbers are 7 bits a byte, low bits first, the top bit says that more follow.
 */
enum { FORMAT = 1, HAS_SIZE = 1, HAS_SHA256 = 2, HAS_GIT_SHA1 = 4 };
enum { SHA256_BYTES = 32, SHA1_BYTES = 20, NUMBER_BYTES = 10 };
enum { FILE_BYTES_MAX = 1 + 2 * NUMBER_BYTES + SHA256_BYTES + SHA1_BYTES };

void hs_packed_clear(struct hs_packed *packed)
{
    if (!packed)
        return;
    free(packed->bytes);
    *packed = (struct hs_packed){NULL, 0};
}

/* ---- packing: the room was counted before ---- */

static void add_number(struct hs_packed *to, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        to->bytes[to->n_bytes++] = (unsigned char)(number | 0x80);
    to->bytes[to->n_bytes++] = (unsigned char)number;
}

static unsigned nibble_of(char digit)
{
    return (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

static void add_hash(struct hs_packed *to, const char *hex, size_t n_bytes)
{
    for (size_t i = 0; i < n_bytes; i++)
        to->bytes[to->n_bytes++] =
            (unsigned char)(nibble_of(hex[2 * i]) << 4 | nibble_of(hex[2 * i + 1]));
}

static bool is_hash(const char *hex, size_t n_bytes)
{
    return strlen(hex) == 2 * n_bytes && strspn(hex, "0123456789abcdef") == 2 * n_bytes;
}

static void add_file(struct hs_packed *to, const struct hs_file_row *file, size_t path_bytes)
{
    bool has_size = file->file_bytes != HUB_UNKNOWN;
    bool has_sha256 = file->sha256 && file->sha256[0],
         has_git = file->git_sha1 && file->git_sha1[0];

    to->bytes[to->n_bytes++] =
        (unsigned char)((has_size ? HAS_SIZE : 0) | (has_sha256 ? HAS_SHA256 : 0) |
                        (has_git ? HAS_GIT_SHA1 : 0));
    add_number(to, path_bytes);
    memcpy(to->bytes + to->n_bytes, file->path, path_bytes);
    to->n_bytes += path_bytes;
    if (has_size)
        add_number(to, file->file_bytes);
    if (has_sha256)
        add_hash(to, file->sha256, SHA256_BYTES);
    if (has_git)
        add_hash(to, file->git_sha1, SHA1_BYTES);
}

static int check_file(const struct hs_file_row *file, struct hs_err *err)
{
    if (file->sha256 && file->sha256[0] && !is_hash(file->sha256, SHA256_BYTES))
        return hs_fail(err, HUB_EBUG, "%s: '%s' is no sha256", file->path, file->sha256);
    if (file->git_sha1 && file->git_sha1[0] && !is_hash(file->git_sha1, SHA1_BYTES))
        return hs_fail(err, HUB_EBUG, "%s: '%s' is no git_sha1", file->path, file->git_sha1);
    return 0;
}

int hs_files_pack(const struct hs_file_row *files, size_t n_files, struct hs_packed *packed,
                  struct hs_err *err)
{
    struct hs_packed made = {NULL, 0};
    size_t room = 1 + NUMBER_BYTES;

    for (size_t i = 0; i < n_files; i++) {
        int r = check_file(&files[i], err);

        if (r < 0)
            return r;
        room += strlen(files[i].path) + FILE_BYTES_MAX;
    }
    made.bytes = malloc(room);
    if (!made.bytes)
        return hs_fail(err, HUB_ENOMEM, "out of memory for the list of %zu files", n_files);
    made.bytes[made.n_bytes++] = FORMAT;
    add_number(&made, n_files);
    for (size_t i = 0; i < n_files; i++)
        add_file(&made, &files[i], strlen(files[i].path));
    *packed = made;
    return 0;
}

/* ---- unpacking: nothing is believed ---- */

struct cursor {
    const unsigned char *at, *end;
    char *text; /* where the next text goes */
    bool is_bad;
};

static uint64_t take_number(struct cursor *cursor)
{
    uint64_t number = 0;

    for (unsigned shift = 0; shift < 64 && cursor->at < cursor->end; shift += 7) {
        unsigned char byte = *cursor->at++;

        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return number;
    }
    cursor->is_bad = true;
    return 0;
}

static const unsigned char *take_bytes(struct cursor *cursor, uint64_t n_bytes)
{
    const unsigned char *bytes = cursor->at;

    if (cursor->is_bad || n_bytes > (uint64_t)(cursor->end - cursor->at)) {
        cursor->is_bad = true;
        return NULL;
    }
    cursor->at += n_bytes;
    return bytes;
}

static const char *take_path(struct cursor *cursor)
{
    uint64_t n_bytes = take_number(cursor);
    const unsigned char *bytes = take_bytes(cursor, n_bytes);
    char *path = cursor->text;

    if (!bytes)
        return "";
    memcpy(path, bytes, n_bytes);
    path[n_bytes] = '\0';
    cursor->text += n_bytes + 1;
    return path;
}

static const char *take_hash(struct cursor *cursor, size_t n_bytes)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *bytes = take_bytes(cursor, n_bytes);
    char *hex = cursor->text;

    if (!bytes)
        return "";
    for (size_t i = 0; i < n_bytes; i++) {
        *cursor->text++ = digits[bytes[i] >> 4];
        *cursor->text++ = digits[bytes[i] & 15];
    }
    *cursor->text++ = '\0';
    return hex;
}

static void take_file(struct cursor *cursor, struct hs_file_row *file)
{
    const unsigned char *flags = take_bytes(cursor, 1);

    if (!flags)
        return;
    file->path = take_path(cursor);
    file->file_bytes = *flags & HAS_SIZE ? take_number(cursor) : HUB_UNKNOWN;
    file->sha256 = *flags & HAS_SHA256 ? take_hash(cursor, SHA256_BYTES) : "";
    file->git_sha1 = *flags & HAS_GIT_SHA1 ? take_hash(cursor, SHA1_BYTES) : "";
}

int hs_files_unpack(const void *bytes, size_t n_bytes, struct hub_pool *pool,
                    struct hs_file_row **files, size_t *n_files)
{
    struct cursor cursor = {bytes, (const unsigned char *)bytes + n_bytes, NULL, false};
    const unsigned char *format = take_bytes(&cursor, 1);
    uint64_t n = take_number(&cursor);
    struct hs_file_row *list;

    /* A file takes two bytes at least. */
    if (!format || *format != FORMAT || cursor.is_bad || n > n_bytes / 2)
        return HUB_ECORRUPT;
    list = hub_pool_alloc(pool, n > 0 ? n : 1, sizeof *list);
    /* Each hash doubles, and each of three texts ends in a NUL. */
    cursor.text = hub_pool_alloc(pool, 2 * n_bytes + 3 * n, 1);
    if (!list || !cursor.text)
        return HUB_ENOMEM;
    for (uint64_t i = 0; i < n && !cursor.is_bad; i++)
        take_file(&cursor, &list[i]);
    if (cursor.is_bad || cursor.at != cursor.end)
        return HUB_ECORRUPT;
    *files = list;
    *n_files = n;
    return 0;
}
