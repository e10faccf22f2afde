/* definition/pattern: what matches, what is refused and where, and that no pattern takes long. */
#include "definition/pattern.h"

#include "base/limits.h"
#include "base/mem.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLENTY = 1000000 };

/* -1: the pattern is refused. */
static int match_bytes(const char *pattern, const char *text, size_t length)
{
    struct pattern_fault fault;
    size_t size = strlen(pattern);
    char *exact = malloc(size + 1); /* nothing behind the end, so that sanitizers see a read too far */
    char *exact_text = malloc(length + 1);
    memcpy(exact + 1, pattern, size);
    memcpy(exact_text + 1, text, length);
    struct pattern *compiled = pattern_compile(exact + 1, size, &fault);
    size_t work = PLENTY;
    int result = compiled ? pattern_match(compiled, exact_text + 1, length, &work) : -1;
    CU_ASSERT_TRUE(work > 0 && work <= PLENTY);
    pattern_free(compiled);
    free(exact);
    free(exact_text);
    return result;
}

struct match {
    const char *pattern;
    const char *matches; /* texts between tabs */
    const char *others;
};

static const struct match table[] = {
    {"", "\t\ta", NULL},
    {"a", "\ta\tba\tbab", "\t\tb"},
    {"^a", "\ta\tab", "\tba"},
    {"a$", "\ta\tba", "\tab\ta\n"},
    {"^$", "\t", "\ta\t\n"},
    {"^a*$", "\t\ta\taaaa", "\tb\taab"},
    {"^a+$", "\ta\taa", "\t\tb"},
    {"^a?$", "\t\ta", "\taa"},
    {"^ab?c$", "\tac\tabc", "\tabbc"},
    {"^a{3}$", "\taaa", "\taa\taaaa"},
    {"^a{2,}$", "\taa\taaaaaaa", "\ta\t"},
    {"^a{2,4}$", "\taa\taaa\taaaa", "\ta\taaaaa"},
    {"^a{0}b$", "\tb", "\tab"},
    {"^a{0,2}$", "\t\ta\taa", "\taaa"},
    {"^(ab){2}$", "\tabab", "\tab\tababab"},
    {"^(?:ab|c)*d$", "\td\tabd\tccabd", "\tad\tabc"},
    {"^(?<year>\\d{4})-(?<month>\\d\\d)$", "\t2026-01", "\t2026-1\t26-01"},
    {"^(a|b|cd|)$", "\ta\tb\tcd\t", "\tc\td\tab"},
    {"a|b", "\ta\tb\txbx", "\tx"},
    {"^a|b$", "\tax\txb", "\txax"},
    {"^(a|b)(c|d)$", "\tac\tbd", "\tab\tcd"},
    {"^(a*)*$", "\t\taaa", "\tb"},
    {"^(a*)+$", "\t\taaa", "\tb"},
    {"^(a|a)*b$", "\tb\taaab", "\taaa"},
    {"^((a?){2}){2}$", "\t\taaaa", "\taaaaa"},
    {"^(a{2,3}){2}$", "\taaaa\taaaaa\taaaaaa", "\taaa\taaaaaaa"},
    {"^()*$", "\t", "\ta"},
    {"^a*?b+?c??$", "\tb\taabbc", "\tac"},
    {".", "\ta\t\xc3\xa9", "\t\t\n\t\r\t\xe2\x80\xa8\t\xe2\x80\xa9"},
    {"^.$", "\t\xf0\x9f\x98\x80\t\xc3\xa9", "\tab"},
    {"^[abc]$", "\ta\tc", "\td\tab"},
    {"^[^abc]$", "\td\t\n\t\xc3\xa9", "\ta\tb"},
    {"^[a-cx-z_]+$", "\tabcxyz_", "\td\tw"},
    {"^[a-]$", "\ta\t-", "\tb"},
    {"^[-a]$", "\ta\t-", "\tb"},
    {"^[\\]\\\\]$", "\t]\t\\", "\t["},
    {"^[.*+?(|)^$]$", "\t.\t*\t^\t$\t|", "\ta"},
    {"[]", NULL, "\t\ta"},
    {"^[^]$", "\ta\t\n", "\t"},
    {"^[\\d.]+$", "\t1.5", "\t1,5"},
    {"^[^\\d]$", "\ta", "\t1"},
    {"^[\\D\\d]$", "\ta\t1\t\n", "\t"},
    {"^[\\w-]+$", "\ta-b_9", "\ta b"},
    {"^[\\b]$", "\t\b", "\tb"},
    {"^[\xc3\xa0-\xc3\xbf]$", "\t\xc3\xa9", "\te\t\xc3\xa9\xc3\xa9"},
    {"^[^\xc3\xa0-\xc3\xbf]$", "\te\t\xe2\x82\xac", "\t\xc3\xa9"},
    {"^\\d+$", "\t0123456789", "\ta\t\xd9\xa1"},
    {"^\\D$", "\ta\t\xd9\xa1", "\t7"},
    {"^\\w+$", "\taZ_09", "\t\xc3\xa9\t-"},
    {"^\\W$", "\t-\t\xc3\xa9", "\ta"},
    {"^\\s+$", "\t \n\v\f\r\t\xc2\xa0\xef\xbb\xbf\xe2\x80\x83\xe3\x80\x80", "\ta"},
    {"^\\S+$", "\ta\t\xc3\xa9", "\t \t\xc2\xa0"},
    {"\\bcat\\b", "\tcat\ta cat.", "\tcats\tscat\tcat_"},
    {"\\Bat", "\tcat", "\tat\t at"},
    {"^\\t\\n\\v\\f\\r$", NULL, "\ttnvfr"},
    {"^\\x41\\u0042\\u{43}\\u{1F600}\\uD83D\\uDE00$", "\tABC\xf0\x9f\x98\x80\xf0\x9f\x98\x80", "\tABC"},
    {"^\\cJ$", "\t\n", "\tJ\tcJ"},
    {"^\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\^\\$\\/\\-\\\\$", "\t.*+?()[]{}|^$/-\\", "\ta"},
    {"^[a-z]{2}-\\d{4}$", "\tab-1234", "\tab1234\tAB-1234"},
    {"^(?:[A-Z]{2}\\d{2}[ ]?)(?:\\d{4}[ ]?){4}\\d{2}$", "\tDE89 3704 0044 0532 0130 00", "\tDE89"},
    {"^(GET|HEAD|POST) /[^ ]*$", "\tGET /\tPOST /a", "\tget /\tGET  /\tPUT /"},
};

static void check_texts(const struct match *match, const char *texts, int expected)
{
    while (texts && *texts) {
        size_t length = strcspn(texts + 1, "\t");
        int found = match_bytes(match->pattern, texts + 1, length);
        CU_ASSERT_EQUAL(found, expected);
        if (found != expected)
            printf("\n%s on \"%.*s\": %d", match->pattern, (int)length, texts + 1, found);
        texts += 1 + length;
    }
}

static void what_matches(void)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        check_texts(&table[i], table[i].matches, 1);
        check_texts(&table[i], table[i].others, 0);
    }
    CU_ASSERT_EQUAL(match_bytes("^\\t\\n\\v\\f\\r$", "\t\n\v\f\r", 5), 1);
    CU_ASSERT_EQUAL(match_bytes("^a\\0b$", "a\0b", 3), 1);
    CU_ASSERT_EQUAL(match_bytes("^a.b$", "a\0b", 3), 1);
    CU_ASSERT_EQUAL(match_bytes("^\\w$", "\xff", 1),
                    0); /* bytes that are no UTF-8 never get here, but harm nobody */
    CU_ASSERT_EQUAL(match_bytes("^..$", "\xff\xc3", 2), 1);
}

static const struct {
    const char *pattern;
    size_t offset;
    const char *message;
} broken[] = {
    {"*a", 0, "there is nothing to repeat"},
    {"a**", 2, "there is nothing to repeat"},
    {"a++", 2, "there is nothing to repeat"},
    {"(|+)", 2, "there is nothing to repeat"},
    {"^*", 1, "there is nothing to repeat"},
    {"a\\b+", 3, "there is nothing to repeat"},
    {"a$?", 2, "there is nothing to repeat"},
    {"a)", 1, "a \")\" without its \"(\""},
    {"x(a(b)", 1, "a \"(\" without its \")\""},
    {"(", 0, "a \"(\" without its \")\""},
    {"a[bc", 1, "\"[\" without its \"]\""},
    {"[a-", 0, "\"[\" without its \"]\""},
    {"[z-a]", 1, "a range that ends before it begins"},
    {"[a-\\d]", 1, "a range between things that are no characters"},
    {"[\\w-z]", 1, "a range between things that are no characters"},
    {"a]", 1, "a bracket that closes or opens nothing"},
    {"a}", 1, "a bracket that closes or opens nothing"},
    {"{1}", 0, "a bracket that closes or opens nothing"},
    {"a{", 1, "a repetition is {2}, {2,} or {2,4}"},
    {"a{,2}", 1, "a repetition is {2}, {2,} or {2,4}"},
    {"a{1,2", 1, "a repetition is {2}, {2,} or {2,4}"},
    {"a{x}", 1, "a repetition is {2}, {2,} or {2,4}"},
    {"a{3,2}", 1, "a repetition that ends before it begins"},
    {"a{1001}", 2, "more than 1,000 repetitions"},
    {"a{1,99999999999999999999}", 4, "more than 1,000 repetitions"},
    {"(a{1000}){6}", 12, "its repetitions make it too large"},
    {"((((a{9}){9}){9}){9}){9}", 20, "its repetitions make it too large"},
    {"(a)\\1", 3, "back references cannot be matched in bounded time"},
    {"(?<n>a)\\k<n>", 7, "back references cannot be matched in bounded time"},
    {"(?=a)b", 0, "looking ahead or behind cannot be matched in bounded time"},
    {"a(?!b)", 1, "looking ahead or behind cannot be matched in bounded time"},
    {"(?<=a)b", 0, "looking ahead or behind cannot be matched in bounded time"},
    {"(?<!a)b", 0, "looking ahead or behind cannot be matched in bounded time"},
    {"(?i)a", 0, "looking ahead or behind cannot be matched in bounded time"},
    {"(?<n", 0, "a group's name without its \">\""},
    {"\\", 0, "it ends within an escape"},
    {"a\\", 1, "it ends within an escape"},
    {"[\\", 1, "it ends within an escape"},
    {"\\p{L}", 0, "classes by Unicode property are not supported"},
    {"\\a", 0, "there is no such escape"},
    {"\\Z", 0, "there is no such escape"},
    {"\\e\xc3\xa9", 0, "there is no such escape"},
    {"\\\xc3\xa9", 0, "there is no such escape"},
    {"\\c1", 0, "there is no such escape"},
    {"\\01", 0, "there is no such escape"},
    {"\\x4", 0, "hexadecimal digits are missing"},
    {"\\xg1", 0, "hexadecimal digits are missing"},
    {"\\u12", 0, "hexadecimal digits are missing"},
    {"\\ud83d", 0, "half a character can never match"},
    {"\\ud83d\\u0041", 0, "half a character can never match"},
    {"\\udc00", 0, "half a character can never match"},
    {"\\u{110000}", 0, "there is no such character"},
    {"\\u{d800}", 0, "there is no such character"},
    {"\\u{}", 0, "there is no such character"},
    {"\\u{41", 0, "there is no such character"},
    {"\\u{0000041}", 0, "there is no such character"},
    {"a\xff", 1, "it is not UTF-8"},
    {"[\xff]", 1, "\"[\" without its \"]\""},
};

static void what_is_refused(void)
{
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct pattern_fault fault = {0};
        struct pattern *pattern = pattern_compile(broken[i].pattern, strlen(broken[i].pattern), &fault);
        CU_ASSERT_PTR_NULL(pattern);
        if (pattern) {
            printf("\n%s is taken", broken[i].pattern);
            pattern_free(pattern);
            continue;
        }
        CU_ASSERT_STRING_EQUAL(fault.message, broken[i].message);
        CU_ASSERT_EQUAL(fault.offset, broken[i].offset);
        if (strcmp(fault.message, broken[i].message) != 0 || fault.offset != broken[i].offset)
            printf("\n%s: %zu %s", broken[i].pattern, fault.offset, fault.message);
    }
}

/* A pattern of `count` times `unit`. */
static struct pattern *many(const char *unit, size_t count, struct pattern_fault *fault)
{
    size_t length = strlen(unit);
    char *text = mem_new(count * length + 1);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * length, unit, length);
    struct pattern *pattern = pattern_compile(text, count * length, fault);
    mem_free(text);
    return pattern;
}

static void limits(void)
{
    struct pattern_fault fault;
    struct pattern *pattern = many("a", LIMIT_PATTERN_BYTES, &fault);
    CU_ASSERT_PTR_NOT_NULL_FATAL(pattern);
    CU_ASSERT_EQUAL(pattern_size(pattern), LIMIT_PATTERN_BYTES + 1);
    pattern_free(pattern);
    CU_ASSERT_PTR_NULL(many("a", LIMIT_PATTERN_BYTES + 1, &fault));
    CU_ASSERT_STRING_EQUAL(fault.message, "it is longer than 1,000 bytes");
    CU_ASSERT_PTR_NULL(many("(", LIMIT_PATTERN_BYTES, &fault));
    CU_ASSERT_STRING_EQUAL(fault.message, "groups are nested too deep");
    CU_ASSERT_EQUAL(fault.offset, LIMIT_PATTERN_DEPTH);
    pattern = many("[a-z]|", 166, &fault);
    CU_ASSERT_PTR_NOT_NULL_FATAL(pattern);
    CU_ASSERT_EQUAL(pattern_size(pattern), 3 * 166 + 1);
    pattern_free(pattern);
    pattern = pattern_compile("(a{999}){4}", 11, &fault);
    CU_ASSERT_PTR_NOT_NULL_FATAL(pattern);
    CU_ASSERT_EQUAL(pattern_size(pattern), 3997);
    pattern_free(pattern);
}

/* What sends others into exponential time takes steps in proportion to the text. */
static void no_blow_up(void)
{
    static const char *const evil[] = {
        "^(a+)+$",    "^(a|a)*$",        "^(a|aa)+$",
        "(a*)*b",     "^(a?){50}a{50}$", "(.*)(.*)(.*)(.*)c",
        "^((a*)*)*$", "(x+x+)+y",        "^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*$"};
    enum { LENGTH = 10000 };
    char *text = mem_new(LENGTH + 1);
    memset(text, 'a', LENGTH);
    text[LENGTH - 1] = '!';
    for (size_t i = 0; i < sizeof evil / sizeof evil[0]; i++) {
        struct pattern_fault fault;
        struct pattern *pattern = pattern_compile(evil[i], strlen(evil[i]), &fault);
        CU_ASSERT_PTR_NOT_NULL_FATAL(pattern);
        size_t most = (size_t)(LENGTH + 1) * pattern_size(pattern) + 100, work = most;
        CU_ASSERT_FALSE(pattern_match(pattern, text, LENGTH, &work));
        CU_ASSERT_TRUE(work > 0);
        pattern_free(pattern);
    }
    mem_free(text);
}

static void steps_are_counted(void)
{
    struct pattern_fault fault;
    struct pattern *pattern = pattern_compile("^a*$", 4, &fault);
    size_t work = 3;
    CU_ASSERT_PTR_NOT_NULL_FATAL(pattern);
    pattern_match(pattern, "aaaaaaaaaa", 10, &work);
    CU_ASSERT_EQUAL(work, 0);
    work = PLENTY;
    CU_ASSERT_TRUE(pattern_match(pattern, "aaaaaaaaaa", 10, &work));
    CU_ASSERT_TRUE(PLENTY - work < 60);
    work = PLENTY;
    CU_ASSERT_FALSE(pattern_match(pattern, "baaaaaaaaa", 10, &work));
    CU_ASSERT_TRUE(PLENTY - work < 10); /* anchored: the rest of the text is not looked at */
    work = 0;
    CU_ASSERT_FALSE(pattern_match(pattern, "a", 1, &work));
    pattern_free(pattern);
    pattern_free(NULL);
}

void pattern_test_suite(void);
void pattern_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/pattern", NULL, NULL);
    CU_add_test(suite, "what matches", what_matches);
    CU_add_test(suite, "what is refused, where and why", what_is_refused);
    CU_add_test(suite, "limits", limits);
    CU_add_test(suite, "no pattern takes more than its size for each character", no_blow_up);
    CU_add_test(suite, "steps are counted", steps_are_counted);
}
