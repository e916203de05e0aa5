/* The one dlopen. Libraries are never unloaded. */
#ifndef HS_BASE_DL_H
#define HS_BASE_DL_H
#include "err.h"
/* RTLD_NOW | RTLD_LOCAL. Fails with HS_EPLUGIN, naming path and the loader's words; a file that is
 * cut short is refused before the loader would map what is not there. */
int hs_dl_open(const char *path, void **handle, struct hs_err *err);
/* The address of the symbol; NULL if the library has none. */
void *hs_dl_symbol(void *handle, const char *name);
#endif
