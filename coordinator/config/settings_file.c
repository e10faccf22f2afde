/* Reading of the configuration file, held to the same table as the command line. */
#include "config/settings_file.h"

#include "api/members.h"
#include "config/file.h"

#include <stdio.h>
#include <string.h>

static struct key_table settings_file_keys(struct key keys[SETTINGS_COUNT]);
static int settings_file_apply(struct settings *settings, const json_t *object, struct error *error);

int settings_file_read(struct settings *settings, const char *path, struct error *error)
{
    struct key keys[SETTINGS_COUNT];
    struct key_table table = settings_file_keys(keys);
    struct file file;
    if (file_read(&file, path, error))
        return (int)error->code;
    int code = file_object(&file, error);
    if (!code) {
        members_check(&file.findings, "", file.object, &table);
        code = file_good(&file, error);
    }
    if (!code && settings_file_apply(settings, file.object, error))
        code = error_wrap(error, "%s", path);
    file_done(&file);
    return code;
}

/* Every option but the one that names the file. */
static struct key_table settings_file_keys(struct key keys[SETTINGS_COUNT])
{
    size_t count = 0;
    for (int i = 0; i < SETTINGS_COUNT; i++)
        if (i != SETTING_CONFIG)
            keys[count++] = (struct key){settings_name((enum setting)i), TYPE_STRING | TYPE_INTEGER, 0, ""};
    return (struct key_table){"a configuration file", keys, count};
}

static int settings_file_apply(struct settings *settings, const json_t *object, struct error *error)
{
    for (int i = 0; i < SETTINGS_COUNT; i++) {
        const json_t *value = json_object_get(object, settings_name((enum setting)i));
        char number[32];
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        const char *text = json_is_integer(value) ? number : json_string_value(value);
        if (text && settings_set(settings, (enum setting)i, text, SOURCE_FILE, error))
            return error_wrap(error, "\"%s\"", settings_name((enum setting)i));
    }
    return 0;
}
