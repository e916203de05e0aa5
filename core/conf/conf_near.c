#include "conf/conf.h"
#include <string.h>
#include <strings.h>
#include "base/banned.h"

enum { WORD_MAX = 64 }; /* a longer word is near to nothing */

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Letters to change, add, drop or swap with the next one. */
static unsigned distance(const char *a, const char *b)
{
    unsigned rows[3][WORD_MAX + 1];
    unsigned *before = rows[0], *last = rows[1], *row = rows[2];
    size_t n_a = strlen(a), n_b = strlen(b);

    for (size_t j = 0; j <= n_b; j++)
        last[j] = (unsigned)j;
    for (size_t i = 1; i <= n_a; i++) {
        unsigned *spare = before;

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= n_b; j++) {
            row[j] = least(last[j - 1] + (a[i - 1] != b[j - 1]), least(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        before = last;
        last = row;
        row = spare;
    }
    return last[n_b];
}

const char *hs_nearest(const char *word, const char *const *words, size_t n)
{
    size_t length = strlen(word);
    unsigned best = length > 5 ? 3 : length > 3 ? 2 : 1;
    const char *nearest = NULL;

    if (length == 0 || length > WORD_MAX)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        unsigned d;

        if (strlen(words[i]) > WORD_MAX)
            continue;
        d = strcasecmp(word, words[i]) == 0 ? 0 : distance(word, words[i]);
        if (d < best || (d == best && !nearest)) {
            best = d;
            nearest = words[i];
        }
    }
    return nearest;
}
