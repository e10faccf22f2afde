/* Running a pattern's program: all the places where it can be, character by character. Each place is visited once
 * per character, so the time is bounded by the product of both lengths, whatever the pattern. */
#include "definition/pattern_program.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <assert.h>

enum { SMALL = 64 }; /* programs of this size run without an allocation; most patterns are shorter */

struct run {
    const struct pattern *pattern;
    uint32_t *marks; /* per instruction: the turn in which it was visited */
    uint32_t *stack;
    uint32_t *waiting; /* instructions that look at the next character */
    uint32_t *next;    /* where to go on behind it */
    size_t stack_count;
    size_t waiting_count;
    size_t next_count;
    uint32_t turn;
    bool begin; /* where the text stands */
    bool end;
    bool edge;
};

static bool search(struct run *run, const char *text, size_t length, size_t *work);
static bool follow(struct run *run, size_t *work);
static void advance(struct run *run, uint32_t character);

bool pattern_match(const struct pattern *pattern, const char *text, size_t length, size_t *work)
{
    uint32_t small[4 * SMALL] = {0};
    size_t count = pattern->count;
    assert(count > 0 && pattern->code[count - 1].operation == OPERATION_MATCH);
    uint32_t *memory = count <= SMALL ? small : mem_array(4 * count, sizeof *memory);
    struct run run = {.pattern = pattern,
                      .marks = memory,
                      .stack = memory + count,
                      .waiting = memory + 2 * count,
                      .next = memory + 3 * count};
    *work -= count / SMALL < *work ? count / SMALL : *work;
    bool found = search(&run, text, length, work);
    if (memory != small)
        mem_free(memory);
    return found;
}

static bool is_word(uint32_t character)
{
    return character < 128 && (character == '_' || (character >= '0' && character <= '9') ||
                               ((character | 32) >= 'a' && (character | 32) <= 'z'));
}

static void push(struct run *run, size_t place)
{
    assert(place < run->pattern->count);
    if (run->marks[place] == run->turn)
        return;
    run->marks[place] = run->turn;
    run->stack[run->stack_count++] = (uint32_t)place;
}

static bool search(struct run *run, const char *text, size_t length, size_t *work)
{
    bool anchored = run->pattern->code[0].operation == OPERATION_BEGIN;
    uint32_t before = PATTERN_END;
    for (size_t at = 0; *work;) {
        size_t width = utf8_width(text + at, length - at);
        uint32_t character = width ? utf8_code(text + at, width) : at < length ? 0xfffd : PATTERN_END;
        run->turn++;
        run->begin = at == 0;
        run->end = at == length;
        run->edge = is_word(before) != is_word(character);
        if (run->begin || !anchored)
            push(run, 0);
        for (size_t i = 0; i < run->next_count; i++)
            push(run, run->next[i]);
        if (follow(run, work))
            return true;
        if (run->end || (anchored && run->waiting_count == 0))
            return false;
        advance(run, character);
        before = character;
        at += width ? width : 1;
    }
    return false;
}

/* Goes on as far as it goes without a character. True when that is the whole way. */
static bool follow(struct run *run, size_t *work)
{
    run->waiting_count = 0;
    while (run->stack_count && *work) {
        size_t place = run->stack[--run->stack_count];
        const struct instruction *instruction = &run->pattern->code[place];
        --*work;
        switch (instruction->operation) {
        case OPERATION_CHARACTER:
        case OPERATION_CLASS:
            run->waiting[run->waiting_count++] = (uint32_t)place;
            break;
        case OPERATION_SPLIT:
            push(run, (size_t)((ptrdiff_t)place + instruction->second));
            push(run, (size_t)((ptrdiff_t)place + instruction->first));
            break;
        case OPERATION_JUMP:
            push(run, (size_t)((ptrdiff_t)place + instruction->first));
            break;
        case OPERATION_BEGIN:
        case OPERATION_END:
        case OPERATION_EDGE:
        case OPERATION_NO_EDGE:
            if (instruction->operation == OPERATION_BEGIN ? run->begin
                : instruction->operation == OPERATION_END
                    ? run->end
                    : run->edge == (instruction->operation == OPERATION_EDGE))
                push(run, place + 1);
            break;
        case OPERATION_MATCH:
            return true;
        }
    }
    return false;
}

static void advance(struct run *run, uint32_t character)
{
    const struct pattern *pattern = run->pattern;
    run->next_count = 0;
    for (size_t i = 0; i < run->waiting_count; i++) {
        const struct instruction *instruction = &pattern->code[run->waiting[i]];
        if (instruction->operation == OPERATION_CLASS
                ? pattern_class_has(&pattern->classes[instruction->character], character)
                : instruction->character == character)
            run->next[run->next_count++] = run->waiting[i] + 1;
    }
}
