/* The classes of failure and their exit codes, one table each. */
#include "err.h"
#include "banned.h"

struct class_of {
    int status;
    enum hs_class cls;
};
static const struct class_of CLASSES[] = {
    {HUB_EAGAIN, HS_CLASS_TEMPORARY},   {HUB_ETHROTTLED, HS_CLASS_TEMPORARY},
    {HUB_EEXPIRED, HS_CLASS_TEMPORARY}, {HUB_EFIREWALL, HS_CLASS_TEMPORARY},
    {HUB_EUNSURE, HS_CLASS_TEMPORARY},  {HUB_ECONFLICT, HS_CLASS_TEMPORARY},
    {HUB_ECORRUPT, HS_CLASS_INTEGRITY}, {HS_EPOISONED, HS_CLASS_INTEGRITY},
    {HUB_EDENIED, HS_CLASS_AUTH},       {HUB_EAUTH, HS_CLASS_AUTH},
    {HUB_EGATED, HS_CLASS_SAFETY},      {HUB_EPARTIAL, HS_CLASS_SAFETY},
    {HS_ESAFETY, HS_CLASS_SAFETY},      {HUB_EBUG, HS_CLASS_PLUGIN},
    {HS_EPLUGIN, HS_CLASS_PLUGIN},      {HUB_ENOTFOUND, HS_CLASS_FAILED},
    {HUB_ENOTSUP, HS_CLASS_FAILED},     {HUB_ETOOBIG, HS_CLASS_FAILED},
    {HUB_EEXIST, HS_CLASS_FAILED},      {HUB_EREFUSED, HS_CLASS_FAILED},
    {HUB_EQUOTA, HS_CLASS_FAILED},      {HUB_ENOMEM, HS_CLASS_FAILED},
    {HS_EFAILED, HS_CLASS_FAILED},      {HS_EABSENT, HS_CLASS_FAILED},
    {HS_ECONFIG, HS_CLASS_CONFIG},      {HS_EHELD, HS_CLASS_CONFLICT},
    {HS_EBUSY, HS_CLASS_BUSY},
};

struct class_facts {
    const char *name;
    int exit_code;
};
static const struct class_facts FACTS[] = {
    [HS_CLASS_NONE] = {"", 0},
    [HS_CLASS_FAILED] = {"failed", 1},
    [HS_CLASS_CONFIG] = {"config", 2},
    [HS_CLASS_PARTIAL] = {"partial", 3},
    [HS_CLASS_TEMPORARY] = {"temporary", 5},
    [HS_CLASS_SAFETY] = {"safety", 6},
    [HS_CLASS_INTEGRITY] = {"integrity", 7},
    [HS_CLASS_CONFLICT] = {"conflict", 9},
    [HS_CLASS_AUTH] = {"auth", 10},
    [HS_CLASS_BUSY] = {"busy", 11},
    [HS_CLASS_PLUGIN] = {"plugin", 12},
};

enum hs_class hs_class_of(int status)
{
    if (status >= 0)
        return HS_CLASS_NONE;
    for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++)
        if (CLASSES[i].status == status)
            return CLASSES[i].cls;
    if (hs_is_retry(status)) /* a status that a newer provider knows: its range decides */
        return HS_CLASS_TEMPORARY;
    return hs_is_session(status) ? HS_CLASS_AUTH : HS_CLASS_FAILED;
}

const char *hs_class_name(enum hs_class cls)
{
    return (size_t)cls < sizeof FACTS / sizeof *FACTS ? FACTS[cls].name : "";
}

int hs_class_exit(enum hs_class cls)
{
    return (size_t)cls < sizeof FACTS / sizeof *FACTS ? FACTS[cls].exit_code : 1;
}
