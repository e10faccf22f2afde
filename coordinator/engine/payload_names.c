/* Names of branches, collected from facts. */
#include "engine/payload_names.h"

#include "base/mem.h"

#include <assert.h>
#include <stdio.h>

static const struct spread_names *find(const struct names *names, uint16_t branch, uint16_t *step);

void names_init(struct names *names, const struct definition *definition)
{
    uint16_t count = definition->plan.steps_count;
    *names = (struct names){.definition = definition, .next = count};
    names->spreads = mem_array(count, sizeof *names->spreads);
}

void names_done(struct names *names)
{
    for (uint16_t i = 0; i < names->definition->plan.steps_count; i++)
        json_decref(names->spreads[i].keys);
    mem_free(names->spreads);
}

bool names_learn(struct names *names, const struct history_entry *entry)
{
    const struct fact *fact = &entry->fact;
    if (fact->type != FACT_SPREAD)
        return true;
    json_t *payload = json_loadb(entry->payload, entry->payload_length, 0, NULL);
    json_t *keys = json_object_get(payload, "keys");
    bool right = fact->branch < names->definition->plan.steps_count && !names->spreads[fact->branch].keys &&
                 json_array_size(keys) == fact->value && names->next + fact->value < BRANCH_NONE;
    for (size_t i = 0; right && i < json_array_size(keys); i++)
        right = json_is_string(json_array_get(keys, i));
    if (right) {
        names->spreads[fact->branch] = (struct spread_names){(uint16_t)names->next, json_incref(keys)};
        names->next += (uint32_t)fact->value;
    }
    json_decref(payload);
    return right;
}

bool names_know(const struct names *names, uint16_t branch)
{
    return branch < names->next;
}

uint16_t names_step(const struct names *names, uint16_t branch)
{
    uint16_t step = branch;
    find(names, branch, &step);
    return step;
}

const char *names_item(const struct names *names, uint16_t branch)
{
    uint16_t step;
    const struct spread_names *spread = find(names, branch, &step);
    return spread ? json_string_value(json_array_get(spread->keys, (size_t)(branch - spread->first))) : NULL;
}

void names_print(const struct names *names, uint16_t branch, char name[LIMIT_BRANCH_NAME])
{
    const char *item = names_item(names, branch);
    const char *step = names->definition->steps[names_step(names, branch)].id;
    snprintf(name, LIMIT_BRANCH_NAME, item ? "%s[%s]" : "%s", step, item);
}

static const struct spread_names *find(const struct names *names, uint16_t branch, uint16_t *step)
{
    uint16_t count = names->definition->plan.steps_count;
    assert(names_know(names, branch));
    for (uint16_t i = 0; branch >= count && i < count; i++) {
        const struct spread_names *spread = &names->spreads[i];
        if (spread->keys && branch >= spread->first &&
            branch - spread->first < (int)json_array_size(spread->keys)) {
            *step = i;
            return spread;
        }
    }
    return NULL;
}
