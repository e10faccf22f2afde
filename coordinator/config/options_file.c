/* Reading of the configuration file, held to the same table as the command line. */
#include "config/options_file.h"

#include "api/members.h"
#include "config/file.h"

#include <stdio.h>
#include <string.h>

static struct key_table options_file_keys(struct key keys[OPTIONS_COUNT]);
static int options_file_apply(struct options *options, const json_t *object, struct error *error);

int options_file_read(struct options *options, const char *path, struct error *error)
{
    struct key keys[OPTIONS_COUNT];
    struct key_table table = options_file_keys(keys);
    struct file file;
    if (file_read(&file, path, error))
        return (int)error->code;
    if (file_object(&file, error) == 0) {
        members_check(&file.findings, "", file.object, &table);
        if (file_good(&file, error) == 0 && options_file_apply(options, file.object, error))
            error_wrap(error, "%s", path);
    }
    file_done(&file);
    return error->code;
}

/* Every option but the one that names the file. */
static struct key_table options_file_keys(struct key keys[OPTIONS_COUNT])
{
    size_t count = 0;
    for (int i = 0; i < OPTIONS_COUNT; i++)
        if (i != OPTION_CONFIG)
            keys[count++] = (struct key){options_name((enum option)i), TYPE_STRING | TYPE_INTEGER, 0, ""};
    return (struct key_table){"a configuration file", keys, count};
}

static int options_file_apply(struct options *options, const json_t *object, struct error *error)
{
    for (int i = 0; i < OPTIONS_COUNT; i++) {
        const json_t *value = json_object_get(object, options_name((enum option)i));
        char number[32];
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        const char *text = json_is_integer(value) ? number : json_string_value(value);
        if (text && options_set(options, (enum option)i, text, SOURCE_FILE, error))
            return error_wrap(error, "\"%s\"", options_name((enum option)i));
    }
    return 0;
}
