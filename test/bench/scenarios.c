/* The table of scenarios. */
#include "bench/scenarios.h"

#include <stddef.h>
#include <string.h>

#define SAGA(name, steps) "{\"name\":\"" name "\",\"version\":1,\"timeout\":\"1h\",\"steps\":[" steps "]}"
#define STEP(id, participant, operation)                                                                          \
    "{\"id\":\"" id "\",\"participant\":\"" participant "\",\"operation\":\"" operation "\"}"
#define START(name) "{\"saga\":\"" name "\"," SCENARIO_INPUT "}"

#define TWO        SAGA("two", STEP("first", "alpha", "first") "," STEP("second", "beta", "second"))
#define UNDO       SAGA("undo", STEP("first", "alpha", "first") "," STEP("second", "beta", "refuse"))
#define PAIR(a, b) STEP("s" #a, "alpha", "go") "," STEP("s" #b, "beta", "go")
#define TEN        SAGA("ten", PAIR(0, 1) "," PAIR(2, 3) "," PAIR(4, 5) "," PAIR(6, 7) "," PAIR(8, 9))
#define FIVE       SAGA("five", "{\"parallel\":[" PAIR(0, 1) "," PAIR(2, 3) "," STEP("s4", "alpha", "go") "]}")
#define START_ONLY SAGA("start", "{\"id\":\"paid\",\"waitFor\":{\"signal\":\"paid\",\"timeout\":\"50m\"}}")

const struct scenario scenarios[] = {
    {"two", "two steps, waited for", TWO, START("two"), true, STATUS_COMPLETED},
    {"two-async", "two steps, not waited for", TWO, START("two"), false, STATUS_COMPLETED},
    {"undo", "two steps, undone at the second", UNDO, START("undo"), true, STATUS_COMPENSATED},
    {"ten", "ten steps, waited for", TEN, START("ten"), true, STATUS_COMPLETED},
    {"five", "five parallel steps, waited for", FIVE, START("five"), true, STATUS_COMPLETED},
    {"start", "start only: it waits for a signal", START_ONLY, START("start"), false, STATUS_RUNNING},
    {NULL, NULL, NULL, NULL, false, STATUS_NEW},
};

const struct scenario *scenario_find(const char *name)
{
    const struct scenario *scenario = scenarios;
    while (scenario->name && strcmp(scenario->name, name) != 0)
        scenario++;
    return scenario->name ? scenario : NULL;
}
