/* One mapping of the file read by its form, and the record of what it set and where: the cross
 * checks point at it, `config show` prints it. */
#ifndef HS_CONF_OBJECT_H
#define HS_CONF_OBJECT_H
#include "base/mem.h"
#include "conf/conf_value.h"

struct hs_setting {
    const struct hs_key *key; /* NULL: an option, the provider's business */
    const char *path;         /* "delete.max.files" */
    const struct hs_yaml *node;
    bool is_inherited; /* from `defaults` */
};
struct hs_object {
    const char *label; /* "hubs.ms", "rules.daily", "" for the file itself */
    const struct hs_form *form;
    const struct hs_yaml *node; /* NULL: not in the file */
    HS_VEC(struct hs_setting) settings;
};
struct hs_shown { /* all objects in the order of reading, and what must not be printed */
    HS_VEC(struct hs_object *) objects;
    HS_VEC(const struct hs_yaml *) secrets;
};
/* Puts the form's defaults into base, which is zeroed. */
int hs_object_defaults(const struct hs_reader *reader, const struct hs_form *form, void *base);
/* Reads node's keys into base. The object is the shown list's; it lives as long as the conf. */
int hs_object_read(const struct hs_reader *reader, const struct hs_form *form, const char *label,
                   const struct hs_yaml *node, void *base, struct hs_object **out);
/* Where the value of the key stands, NULL if it is not set. */
const struct hs_yaml *hs_object_get(const struct hs_object *object, const char *path);
/* The item number i of a list, or the value itself where one text is a list of one. */
const struct hs_yaml *hs_item_at(const struct hs_yaml *node, size_t i);
/* Adds what from sets and object does not, as inherited. */
int hs_object_inherit(struct hs_object *object, const struct hs_object *from);
/* Takes an inherited setting out again. */
void hs_object_drop(struct hs_object *object, const char *path);
/* The node's text is a secret from now on. */
int hs_secret_add(const struct hs_reader *reader, const struct hs_yaml *node);
void hs_shown_free(struct hs_shown *shown);
#endif
