#include "site.h"

#include <string.h>

/* One line a site. A weak reference lets the program be built while a site's file is missing. */
extern const struct th_site th_site_modelscope __attribute__((weak));
extern const struct th_site th_site_modelers __attribute__((weak));
extern const struct th_site th_site_gitcode __attribute__((weak));
extern const struct th_site th_site_huggingface __attribute__((weak));

static const struct th_site *const known_sites[TH_SITES_MAX] = {
    &th_site_modelscope,
    &th_site_modelers,
    &th_site_gitcode,
    &th_site_huggingface,
};

const struct th_site *th_site_at(unsigned position)
{
    for (unsigned i = 0; i < TH_SITES_MAX; i++)
        if (known_sites[i] && position-- == 0)
            return known_sites[i];
    return NULL;
}

unsigned th_site_index(const struct th_site *site)
{
    unsigned i = 0;

    while (i < TH_SITES_MAX - 1 && known_sites[i] != site)
        i++;
    return i;
}

const struct th_site *th_site_named(const char *name)
{
    for (unsigned i = 0; i < TH_SITES_MAX; i++)
        if (known_sites[i] && name && !strcmp(known_sites[i]->name, name))
            return known_sites[i];
    return NULL;
}
