/* The values of "format" that are checked: times by RFC 3339, UUIDs by RFC 9562, addresses by RFC 5321. */
#include "definition/schema_inside.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <string.h>

static bool is_date_time(const char *text, size_t length);
static bool is_date(const char *text, size_t length);
static bool is_time(const char *text, size_t length);
static bool is_uuid(const char *text, size_t length);
static bool is_email(const char *text, size_t length);

static const struct {
    const char *name;
    bool (*fits)(const char *text, size_t length); /* NULL: not checked */
    const char *example;
} formats[] = {
    {"date-time", is_date_time, "2026-01-31T12:00:00Z"},
    {"date", is_date, "2026-01-31"},
    {"time", is_time, "12:00:00Z"},
    {"uuid", is_uuid, "123e4567-e89b-12d3-a456-426614174000"},
    {"email", is_email, "ann@example.com"},
    {"duration", NULL, NULL},
    {"idn-email", NULL, NULL},
    {"hostname", NULL, NULL},
    {"idn-hostname", NULL, NULL},
    {"ipv4", NULL, NULL},
    {"ipv6", NULL, NULL},
    {"uri", NULL, NULL},
    {"uri-reference", NULL, NULL},
    {"uri-template", NULL, NULL},
    {"iri", NULL, NULL},
    {"iri-reference", NULL, NULL},
    {"json-pointer", NULL, NULL},
    {"relative-json-pointer", NULL, NULL},
    {"regex", NULL, NULL},
};

enum schema_format schema_format_known(const char *name, struct suggest *suggest)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (strcmp(formats[i].name, name) == 0)
            return formats[i].fits ? FORMAT_CHECKED : FORMAT_UNCHECKED;
        suggest_offer(suggest, formats[i].name);
    }
    return FORMAT_UNKNOWN;
}

bool schema_format_fits(const char *name, const char *text, size_t length, const char **example)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i].name, name) == 0) {
            *example = formats[i].example;
            return !formats[i].fits || formats[i].fits(text, length);
        }
    return true;
}

/* `form`: a "d" is a digit, an "x" a hexadecimal one, the rest stands for itself. */
static bool has_form(const char *text, size_t length, const char *form)
{
    if (length < strlen(form))
        return false;
    for (; *form; form++, text++) {
        bool fits = *form == 'd'   ? isdigit((unsigned char)*text)
                    : *form == 'x' ? isxdigit((unsigned char)*text)
                                   : *form == *text;
        if (!fits)
            return false;
    }
    return true;
}

static int two(const char *text)
{
    return (text[0] - '0') * 10 + (text[1] - '0');
}

static bool is_date(const char *text, size_t length)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (length != 10 || !has_form(text, length, "dddd-dd-dd"))
        return false;
    int year = two(text) * 100 + two(text + 2), month = two(text + 5), day = two(text + 8);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] && (month != 2 || day < 29 || leap);
}

/* With its offset from UTC. A second 60 there is where it is 23:59 in UTC. */
static bool is_time(const char *text, size_t length)
{
    if (!has_form(text, length, "dd:dd:dd"))
        return false;
    int hour = two(text), minute = two(text + 3), second = two(text + 6), shift = 0;
    size_t at = 8;
    if (at < length && text[at] == '.') {
        size_t point = at++;
        while (at < length && isdigit((unsigned char)text[at]))
            at++;
        if (at == point + 1)
            return false;
    }
    if (length - at == 6 && (text[at] == '+' || text[at] == '-') && has_form(text + at + 1, 5, "dd:dd")) {
        if (two(text + at + 1) > 23 || two(text + at + 4) > 59)
            return false;
        shift = (two(text + at + 1) * 60 + two(text + at + 4)) * (text[at] == '+' ? -1 : 1);
    } else if (length - at != 1 || (text[at] | 32) != 'z') {
        return false;
    }
    int utc = (hour * 60 + minute + shift + 2880) % 1440;
    return hour <= 23 && minute <= 59 && (second <= 59 || (second == 60 && utc == 1439));
}

static bool is_date_time(const char *text, size_t length)
{
    return length > 11 && (text[10] | 32) == 't' && is_date(text, 10) && is_time(text + 11, length - 11);
}

static bool is_uuid(const char *text, size_t length)
{
    return length == 36 && has_form(text, length, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
}

/* The address of a machine: "127.0.0.1" or "IPv6:::1". */
static bool is_address(const char *text, size_t length)
{
    char copy[INET6_ADDRSTRLEN];
    unsigned char address[sizeof(struct in6_addr)];
    bool six = length > 5 && memcmp(text, "IPv6:", 5) == 0;
    text += six ? 5 : 0;
    length -= six ? 5 : 0;
    if (length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return inet_pton(six ? AF_INET6 : AF_INET, copy, address) == 1;
}

static bool is_domain(const char *text, size_t length)
{
    size_t label = 0;
    if (length > 2 && text[0] == '[' && text[length - 1] == ']')
        return is_address(text + 1, length - 2);
    for (size_t i = 0; i < length; i++) {
        bool dot = text[i] == '.', hyphen = text[i] == '-';
        bool edge = label == 0 || i + 1 == length || text[i + 1] == '.';
        if (dot ? label == 0 || i + 1 == length : hyphen ? edge : !isalnum((unsigned char)text[i]))
            return false;
        label = dot ? 0 : label + 1;
        if (label > 63)
            return false;
    }
    return length > 0 && length <= 255;
}

static bool is_local(const char *text, size_t length)
{
    bool dot = true; /* none may stand first, last or beside another */
    if (length > 2 && text[0] == '"' && text[length - 1] == '"') {
        for (size_t i = 1; i < length - 1; i++) {
            bool escape = text[i] == '\\' && i + 2 < length;
            i += escape;
            if (text[i] < 0x20 || text[i] == 0x7f || (!escape && (text[i] == '"' || text[i] == '\\')))
                return false;
        }
        return true;
    }
    for (size_t i = 0; i < length; i++) {
        bool point = text[i] == '.';
        if (point ? dot
                  : !isalnum((unsigned char)text[i]) && (!text[i] || !strchr("!#$%&'*+-/=?^_`{|}~", text[i])))
            return false;
        dot = point;
    }
    return !dot && length <= 64;
}

static bool is_email(const char *text, size_t length)
{
    for (size_t at = length; at > 0; at--)
        if (text[at - 1] == '@')
            return is_local(text, at - 1) && is_domain(text + at, length - at);
    return false;
}
