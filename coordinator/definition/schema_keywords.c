/* The look-up of the tables of keywords. */
#include "definition/schema_keywords.h"

#include <string.h>

static const struct schema_keyword keywords[] = {
#define X(name, form, about, in_place, function) {name, form, about, in_place, schema_check_##function},
    SCHEMA_CHECKED(X)
#undef X
#define X(name, form, in_place) {name, form, 0, in_place, NULL},
        SCHEMA_SILENT(X)
#undef X
};

static const struct {
    const char *name;
    const char *instead;
} refused[] = {
#define X(name, instead) {name, instead},
    SCHEMA_REFUSED(X)
#undef X
};

const struct schema_keyword *schema_keyword_find(const char *name, struct suggest *suggest)
{
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        if (strcmp(keywords[i].name, name) == 0)
            return &keywords[i];
    for (size_t i = 0; suggest && i < sizeof keywords / sizeof keywords[0]; i++)
        suggest_offer(suggest, keywords[i].name);
    return NULL;
}

bool schema_keyword_refused(const char *name, const char **instead)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (strcmp(refused[i].name, name) == 0) {
            *instead = refused[i].instead;
            return true;
        }
    return false;
}
