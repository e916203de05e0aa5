/* Modelers: the files of one commit call, read and checked (§6.5), before anything is changed. */
#ifndef TH_SITE_MODELERS_CHANGES_H
#define TH_SITE_MODELERS_CHANGES_H

#include "site.h"

struct mo_changes {
    struct th_change *items; /* sorted by path, each path once */
    size_t count;
    bool has_effect; /* something differs from the head */
};

/* Reads and checks all. False when it has replied; then nothing has to be cleared. */
bool mo_changes_read(struct th_req *req, const struct th_commit *head, const struct cJSON *files,
                     struct mo_changes *out);
void mo_changes_clear(struct mo_changes *changes);

#endif
